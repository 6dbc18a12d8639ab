import { useCallback, useEffect, useState } from "react";
import { useMessaging, useServerEvent } from "@/hooks";
import type { Export, ExportProgress } from "@/sdk/contract";
import { isMessagingError, type MessagingError } from "@/sdk/errors";

const ASK_MS = 2_000;

export interface RunningExport {
  current: Export | null;
  error: MessagingError | null;
  busy: boolean;
  start: (format: Export["format"]) => Promise<void>;
}

/** One export, from the wish to the file. Its progress comes live; it is asked for as well, since an event may be lost. */
export function useExport(conversationId: number): RunningExport {
  const { rest } = useMessaging();
  const [current, setCurrent] = useState<Export | null>(null);
  const [error, setError] = useState<MessagingError | null>(null);
  const [busy, setBusy] = useState(false);
  const id = current?.exportId ?? null;
  const isGoing = current !== null && (current.state === "queued" || current.state === "running");

  const look = useCallback(
    async (exportId: number) => {
      try {
        setCurrent(await rest.exports.get(String(exportId)));
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
    "export_progress",
    useCallback(
      (progress: ExportProgress) => {
        if (progress.exportId !== id) return;
        if (progress.state === "ready" || progress.state === "failed") void look(progress.exportId);
        else setCurrent((known) => (known === null ? known : { ...known, state: progress.state, progress: progress.progress }));
      },
      [id, look],
    ),
  );

  async function start(format: Export["format"]) {
    setBusy(true);
    setError(null);
    try {
      const { exportId } = await rest.exports.start(conversationId, { format });
      await look(exportId);
    } catch (failure) {
      if (!isMessagingError(failure)) throw failure;
      setError(failure);
    } finally {
      setBusy(false);
    }
  }

  return { current, error, busy, start };
}
