import { useCallback, useEffect, useState } from "react";
import { useMessaging, useServerEvent } from "@/hooks";
import type { Archive, ArchiveProgress } from "@/sdk/contract";
import { isMessagingError, type MessagingError } from "@/sdk/errors";

const ASK_MS = 2_000;

export interface RunningArchive {
  current: Archive | null;
  error: MessagingError | null;
  busy: boolean;
  start: () => Promise<void>;
}

/** One's archive, from the wish to the file. Its progress comes live; it is asked for as well, since an event may be lost. */
export function useArchive(): RunningArchive {
  const { rest } = useMessaging();
  const [current, setCurrent] = useState<Archive | null>(null);
  const [error, setError] = useState<MessagingError | null>(null);
  const [busy, setBusy] = useState(false);
  const id = current?.archiveId ?? null;
  const isGoing = current?.state === "queued" || current?.state === "running";

  const look = useCallback(
    async (archiveId: number) => {
      try {
        setCurrent(await rest.call("GET /api/messaging/archives/{id}", { path: { id: archiveId } }));
      } catch (failure) {
        if (!isMessagingError(failure)) throw failure;
        if (!failure.isTemporary) setError(failure);
      }
    },
    [rest],
  );

  useEffect(() => {
    if (!isGoing || id === null) return;
    const timer = setInterval(() => void look(id), ASK_MS);
    return () => clearInterval(timer);
  }, [isGoing, id, look]);

  useServerEvent(
    "archive_progress",
    useCallback(
      ({ archiveId, state, progress }: ArchiveProgress) => {
        if (archiveId !== id) return;
        if (state === "ready" || state === "failed") void look(archiveId);
        else setCurrent((known) => (known === null ? known : { ...known, state, progress }));
      },
      [id, look],
    ),
  );

  async function start() {
    setBusy(true);
    setError(null);
    try {
      await look((await rest.call("POST /api/messaging/archives", { body: {} })).archiveId);
    } catch (failure) {
      if (!isMessagingError(failure)) throw failure;
      setError(failure);
    } finally {
      setBusy(false);
    }
  }

  return { current, error, busy, start };
}
