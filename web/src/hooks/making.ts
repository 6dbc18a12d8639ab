import { useCallback, useEffect, useState } from "react";
import { isMessagingError, type MessagingError } from "@/sdk/errors";

const ASK_MS = 2_000;

interface Made {
  state: "queued" | "running" | "ready" | "failed" | "expired";
  progress: number;
}

export interface Making<T extends Made> {
  current: T | null;
  error: MessagingError | null;
  busy: boolean;
  /** `ask` has it made, and tells its id. */
  begin: (ask: () => Promise<number>) => Promise<void>;
  /** From now on it is this one. */
  follow: (id: number) => Promise<void>;
  /** What an event said of one of them. */
  heard: (id: number, state: Made["state"], progress: number) => void;
}

export function isUnderWay(made: Made | null): boolean {
  return made?.state === "queued" || made?.state === "running";
}

/** Something that the server makes in the background, from the wish to the file. It is asked for as well, since an event may be lost.
 *  `before` is what was there already when one came. */
export function useMaking<T extends Made>(get: (id: number) => Promise<T>, before: { id: number; made: T } | null = null): Making<T> {
  const [id, setId] = useState(before?.id ?? null);
  const [current, setCurrent] = useState(before?.made ?? null);
  const [error, setError] = useState<MessagingError | null>(null);
  const [busy, setBusy] = useState(false);
  const isGoing = isUnderWay(current);

  const look = useCallback(
    async (wanted: number) => {
      try {
        setCurrent(await get(wanted));
      } catch (failure) {
        if (!isMessagingError(failure)) throw failure;
        if (!failure.isTemporary) setError(failure);
      }
    },
    [get],
  );

  useEffect(() => {
    if (!isGoing || id === null) return;
    const timer = setInterval(() => void look(id), ASK_MS);
    return () => clearInterval(timer);
  }, [isGoing, id, look]);

  const heard = useCallback(
    (about: number, state: Made["state"], progress: number) => {
      if (about !== id) return;
      if (state === "ready" || state === "failed") void look(about);
      else setCurrent((known) => (known === null ? known : { ...known, state, progress }));
    },
    [id, look],
  );

  const follow = useCallback(
    async (wanted: number) => {
      setId(wanted);
      await look(wanted);
    },
    [look],
  );

  const begin = useCallback(
    async (ask: () => Promise<number>) => {
      setBusy(true);
      setError(null);
      try {
        await follow(await ask());
      } catch (failure) {
        if (!isMessagingError(failure)) throw failure;
        setError(failure);
      } finally {
        setBusy(false);
      }
    },
    [follow],
  );

  return { current, error, busy, begin, follow, heard };
}
