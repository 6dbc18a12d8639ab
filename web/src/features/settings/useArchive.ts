import { useCallback } from "react";
import { type Making, useMaking, useMessaging, useServerEvent } from "@/hooks";
import type { Archive, ArchiveProgress } from "@/sdk/contract";

export type RunningArchive = Pick<Making<Archive>, "current" | "error" | "busy"> & { start: () => Promise<void> };

/** The archive of everything about oneself. */
export function useArchive(): RunningArchive {
  const { rest } = useMessaging();
  const { heard, begin, ...making } = useMaking(
    useCallback((id: number) => rest.call("GET /api/messaging/archives/{id}", { path: { id } }), [rest]),
  );
  useServerEvent(
    "archive_progress",
    useCallback(({ archiveId, state, progress }: ArchiveProgress) => heard(archiveId, state, progress), [heard]),
  );
  const start = () => begin(async () => (await rest.call("POST /api/messaging/archives", { body: {} })).archiveId);
  return { ...making, start };
}
