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
  /** What an event said of one of them. */
  heard: (id: number, state: Made["state"], progress: number) => void;
}

/** Something that the server makes in the background, from the wish to the file. It is asked for as well, since an event may be lost. */
export function useMaking<T extends Made>(get: (id: number) => Promise<T>): Making<T> {
  const [id, setId] = useState<number | null>(null);
  const [current, setCurrent] = useState<T | null>(null);
  const [error, setError] = useState<MessagingError | null>(null);
  const [busy, setBusy] = useState(false);
  const isGoing = current?.state === "queued" || current?.state === "running";

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

  const begin = useCallback(
    async (ask: () => Promise<number>) => {
      setBusy(true);
      setError(null);
      try {
        const asked = await ask();
        setId(asked);
        await look(asked);
      } catch (failure) {
        if (!isMessagingError(failure)) throw failure;
        setError(failure);
      } finally {
        setBusy(false);
      }
    },
    [look],
  );

  return { current, error, busy, begin, heard };
}
