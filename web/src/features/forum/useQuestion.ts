import { useCallback, useEffect, useRef, useState } from "react";
import { useConnection, useMessaging, useServerEvent } from "@/hooks";
import { isMessagingError, type MessagingError } from "@/sdk";
import { follow, hasGap, type Live, type QuestionThread, withPage } from "./thread";

export type Sort = "votes" | "newest" | "oldest";
const ANSWERS = 100;
const PATIENCE_MS = 2_000;

export interface LiveQuestion {
  thread: QuestionThread | null;
  error: MessagingError | null;
  reload: () => void;
  /** What a reply of the server says has happened. */
  apply: (live: Live) => void;
  /** The next page of answers; null where there is none. */
  loadMore: (() => Promise<void>) | null;
}

/** A question and its answers, kept up to date as long as it is shown; after a gap or an outage it is fetched anew. */
export function useQuestion(id: number, sort: Sort): LiveQuestion {
  const messaging = useMessaging();
  const isOnline = useConnection().status === "online";
  const [thread, setThread] = useState<QuestionThread | null>(null);
  const [error, setError] = useState<MessagingError | null>(null);
  const latest = useRef<QuestionThread | null>(null);
  const [next, setNext] = useState<string | null>(null);
  const [turn, setTurn] = useState(0);
  const reload = useCallback(() => setTurn((before) => before + 1), []);

  const show = useCallback((next: QuestionThread) => {
    latest.current = next;
    setThread(next);
  }, []);

  useEffect(() => {
    let isThere = true;
    async function load() {
      try {
        // Joined first: what happens while the rest is fetched is heard.
        const room = isOnline ? (await messaging.ask("join_question", { questionId: id })).change : 0;
        const [{ question }, answers] = await Promise.all([
          messaging.rest.call("GET /api/questions/{id}", { path: { id } }),
          messaging.rest.call("GET /api/questions/{id}/answers", { path: { id }, query: { sort, limit: ANSWERS } }),
        ]);
        if (!isThere) return;
        setError(null);
        setNext(answers.next);
        show({ question, answers: answers.items, seen: Math.max(room, question.change) });
      } catch (failure) {
        if (!isMessagingError(failure)) throw failure;
        if (isThere) setError(failure);
      }
    }
    void load();
    return () => {
      isThere = false;
    };
    // oxlint-disable-next-line react/exhaustive-effect-dependencies -- another turn is another try
  }, [messaging, id, sort, show, turn, isOnline]);

  const apply = useCallback(
    (live: Live) => {
      const known = latest.current;
      if (known === null) return;
      if (hasGap(known, live)) setTimeout(() => (latest.current?.seen === live.change ? reload() : undefined), PATIENCE_MS);
      show(follow(known, live));
    },
    [show, reload],
  );
  const more = useCallback(
    async (before: string) => {
      try {
        const query = { sort, limit: ANSWERS, before };
        const page = await messaging.rest.call("GET /api/questions/{id}/answers", { path: { id }, query });
        const known = latest.current;
        if (known === null) return;
        setNext(page.next);
        show(withPage(known, page.items));
      } catch (failure) {
        if (!isMessagingError(failure)) throw failure;
        setError(failure);
      }
    },
    [messaging, id, sort, show],
  );
  useLive(id, apply);
  useEffect(() => () => leave(messaging, id), [messaging, id]);
  return { thread, error, reload, apply, loadMore: next === null ? null : () => more(next) };
}

type Messenger = ReturnType<typeof useMessaging>;

function leave(messaging: Messenger, questionId: number): void {
  messaging.ask("leave_question", { questionId }).catch((error: unknown) => {
    // Without a connection there is no room to leave.
    if (!isMessagingError(error)) throw error;
  });
}

function useLive(id: number, apply: (live: Live) => void): void {
  const mine = useCallback(
    (questionId: number, live: Live) => {
      if (questionId === id) apply(live);
    },
    [id, apply],
  );
  useServerEvent(
    "vote_changed",
    useCallback((vote) => mine(vote.questionId, { type: "voted", change: vote.change, vote }), [mine]),
  );
  useServerEvent(
    "answer_created",
    useCallback(({ questionId, change, answer }) => mine(questionId, { type: "answered", change, answer }), [mine]),
  );
  useServerEvent(
    "answer_updated",
    useCallback(({ questionId, change, answer }) => mine(questionId, { type: "answerChanged", change, answer }), [mine]),
  );
  useServerEvent(
    "answer_accepted",
    useCallback(({ questionId, change, answerId }) => mine(questionId, { type: "accepted", change, answerId }), [mine]),
  );
  useServerEvent(
    "question_updated",
    useCallback(({ questionId, change, question }) => mine(questionId, { type: "changed", change, question }), [mine]),
  );
}
