import { useCallback, useEffect, useRef, useState } from "react";
import { useMe, useMessaging, useServerEvent } from "@/hooks";
import { isMessagingError } from "@/sdk";
import type { AnswerTyping } from "@/sdk/contract";

const EVERY_MS = 3_000;
const IDLE_MS = 4_000;

export interface AnswerTypists {
  /** How many others write an answer now; who asked under a pseudonym is one of them without a name. */
  others: number;
  typing: () => void;
  stopTyping: () => void;
}

/** Who writes an answer to this question: told when one does, and heard of others. */
export function useAnswerTyping(questionId: number): AnswerTypists {
  const me = useMe();
  const [typists, setTypists] = useState<readonly (number | null)[]>([]);
  const heard = useCallback(
    (isTyping: boolean) =>
      ({ questionId: where, userId }: AnswerTyping) => {
        if (where !== questionId || userId === me?.id) return;
        setTypists((before) => [...before.filter((one) => one !== userId), ...(isTyping ? [userId] : [])]);
      },
    [questionId, me],
  );
  useServerEvent("answer_typing_start", useCallback((typing) => heard(true)(typing), [heard]));
  useServerEvent("answer_typing_stop", useCallback((typing) => heard(false)(typing), [heard]));
  return { others: typists.length, ...useTelling(questionId) };
}

function useTelling(questionId: number) {
  const messaging = useMessaging();
  const told = useRef<{ since: number; timer: ReturnType<typeof setTimeout> } | null>(null);

  const tell = useCallback(
    (event: "answer_typing_start" | "answer_typing_stop") => {
      messaging.ask(event, { questionId }).catch((error: unknown) => {
        // Nobody waits for it.
        if (!isMessagingError(error)) throw error;
      });
    },
    [messaging, questionId],
  );

  const stopTyping = useCallback(() => {
    if (told.current === null) return;
    clearTimeout(told.current.timer);
    told.current = null;
    tell("answer_typing_stop");
  }, [tell]);

  const typing = useCallback(() => {
    const now = Date.now();
    const isDue = told.current === null || now - told.current.since > EVERY_MS;
    clearTimeout(told.current?.timer);
    if (isDue) tell("answer_typing_start");
    told.current = { since: isDue ? now : (told.current?.since ?? now), timer: setTimeout(stopTyping, IDLE_MS) };
  }, [tell, stopTyping]);

  useEffect(() => stopTyping, [stopTyping]);
  return { typing, stopTyping };
}
