import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import { useDraft } from "@/hooks";
import type { Draft } from "@/sdk/types";

const KEPT_AFTER_MS = 400;
const EMPTY: Draft = { text: "" };
export const NO_REPLY: Pick<Draft, "replyToId" | "replyTo"> = { replyToId: null, replyTo: null };

/** What is being written in a conversation. It is kept a moment after the last key, and when one leaves. */
export function useDraftText(id: number): [Draft, (change: Partial<Draft>) => void, clear: () => void, save: () => void] {
  const [kept, keep, prepare] = useDraft(id);
  const [draft, setDraft] = useState<Draft>(kept ?? EMPTY);
  const latest = useRef(draft);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const isTouched = useRef(false);

  // What another tab wrote, or what the database had when it was opened, is shown as long as nothing was typed here.
  useEffect(() => {
    if (isTouched.current) return;
    latest.current = kept ?? EMPTY;
    setDraft(latest.current);
  }, [kept]);

  const save = useCallback(() => {
    clearTimeout(timer.current);
    if (!isTouched.current) return;
    const { text, replyToId, isUrgent, requiresResponse } = latest.current;
    const isEmpty = text.trim() === "" && replyToId == null && isUrgent !== true && requiresResponse !== true;
    keep(isEmpty ? null : latest.current);
  }, [keep]);

  // Where the session ends with the page open, the connection stops with other effects: before that it is still kept.
  useLayoutEffect(() => {
    const events = [[window, "beforeunload"], [document, "visibilitychange"], [window, "pagehide"]] as const;
    for (const [on, event] of events) on.addEventListener(event, save);
    return () => {
      for (const [on, event] of events) on.removeEventListener(event, save);
      save();
    };
  }, [save]);

  const change = useCallback(
    (next: Partial<Draft>) => {
      isTouched.current = true;
      latest.current = { ...latest.current, ...next };
      setDraft(latest.current);
      prepare(latest.current);
      clearTimeout(timer.current);
      timer.current = setTimeout(save, KEPT_AFTER_MS);
    },
    [save, prepare],
  );

  const clear = useCallback(() => {
    change({ text: "", ...NO_REPLY, isUrgent: false, requiresResponse: false });
    save();
    isTouched.current = false;
  }, [change, save]);

  return [draft, change, clear, save];
}
