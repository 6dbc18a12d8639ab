import { useCallback, useEffect, useState } from "react";
import { type Pages, useConnection, useMessaging, usePages, useServerEvent } from "@/hooks";
import { isMessagingError } from "@/sdk";
import type { FoundQuestion, QuestionItem, QuestionText } from "@/sdk/contract";
import type { Choice } from "./address";

/** A line of the list. `found`: where the words that were looked for are. */
export interface Listed extends QuestionItem {
  found?: Pick<FoundQuestion, "title" | "excerpt">;
}

export interface Questions extends Pages<Listed> {
  /** How many were asked since the list was loaded. */
  fresh: number;
}

/** The list of questions; what others ask meanwhile is counted, and does not move what one reads. */
export function useQuestions(choice: Choice, q: string, tag: string): Questions {
  const { rest } = useMessaging();
  const [fresh, setFresh] = useState(0);
  const pages = usePages<Listed>(
    useCallback(
      async (before, signal) => {
        const narrowed = { tag, before, unanswered: choice === "unanswered" || undefined, mine: choice === "mine" || undefined };
        if (before === undefined) setFresh(0);
        if (q === "") {
          const sort = choice === "newest" || choice === "votes" ? choice : "activity";
          return rest.call("GET /api/questions", { query: { ...narrowed, sort }, signal });
        }
        const page = await rest.call("GET /api/questions/search", { query: { ...narrowed, q }, signal });
        return { ...page, items: page.items.map(({ question, ...found }) => Object.assign(question, { found })) };
      },
      [rest, choice, q, tag],
    ),
  );
  const { update } = pages;
  useRoom();
  useServerEvent(
    "question_created",
    useCallback(() => setFresh((before) => before + 1), []),
  );
  useServerEvent(
    "question_updated",
    useCallback(
      ({ questionId, question }) =>
        update((items) =>
          question.deletedAt === null
            ? items.map((item) => (item.id === questionId ? edited(item, question) : item))
            : items.filter((item) => item.id !== questionId),
        ),
      [update],
    ),
  );
  useServerEvent(
    "questions_counted",
    useCallback(
      ({ questions }) => {
        const counted = new Map(questions.map((question) => [question.id, question]));
        update((items) =>
          items.map((item) => {
            const now = counted.get(item.id);
            return now === undefined || now.change < item.change ? item : { ...item, ...now };
          }),
        );
      },
      [update],
    ),
  );
  return { ...pages, fresh };
}

/** Where the words were found is of the text before. */
function edited({ found: _, ...item }: Listed, question: QuestionText): Listed {
  return { ...item, ...question, excerpt: item.excerpt };
}

/** One hears of the list as long as one looks at it, again after each reconnection. */
function useRoom(): void {
  const messaging = useMessaging();
  const { status } = useConnection();
  useEffect(() => {
    if (status !== "online") return;
    const quietly = (error: unknown) => {
      // The list is right as it was fetched; only news of it are missed.
      if (!isMessagingError(error)) throw error;
    };
    messaging.ask("join_questions", {}).catch(quietly);
    return () => {
      messaging.ask("leave_questions", {}).catch(quietly);
    };
  }, [messaging, status]);
}
