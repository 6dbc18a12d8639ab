import { useCallback, useEffect, useState } from "react";
import { keepPush, pushStatus, startPush, stopPush, type PushStatus } from "@/sdk/push";
import { useMessaging } from "./provider";

export interface Push {
  /** Null until it is known. */
  status: PushStatus | null;
  /** Only after a click, explained: the browser asks its own question then. Throws MessagingError. */
  start: () => Promise<void>;
  stop: () => Promise<void>;
}

/** Notifications of this browser. */
export function usePush(): Push {
  const { rest } = useMessaging();
  const [status, setStatus] = useState<PushStatus | null>(null);
  useEffect(() => {
    void pushStatus().then(setStatus);
  }, []);
  return {
    status,
    start: useCallback(async () => setStatus(await startPush(rest)), [rest]),
    stop: useCallback(async () => setStatus(await stopPush(rest)), [rest]),
  };
}

/** Once in an application: what was switched on before goes on in this session. */
export function useKeptPush(): void {
  const { rest } = useMessaging();
  useEffect(() => {
    void keepPush(rest);
  }, [rest]);
}
