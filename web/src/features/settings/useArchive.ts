import { useCallback, useState } from "react";
import { type Making, useMaking, useMessaging, useServerEvent } from "@/hooks";
import type { Archive, ArchiveProgress } from "@/sdk/contract";
import { comeBackTo, stillReady, withLatest } from "./comeBackTo";

export type RunningArchive = Pick<Making<Archive>, "current" | "error" | "busy" | "follow"> & {
  start: () => Promise<void>;
  /** Another one that can be fetched. */
  earlier: Archive | null;
};

/** The archive of everything about oneself. `archives`: those that there were when one came, newest first. */
export function useArchive(archives: readonly Archive[]): RunningArchive {
  const { rest } = useMessaging();
  const before = comeBackTo(archives);
  const { heard, begin, follow, current, error, busy } = useMaking(
    useCallback((id: number) => rest.call("GET /api/messaging/archives/{id}", { path: { id } }), [rest]),
    before === null ? null : { id: before.archiveId, made: before },
  );
  const [known, setKnown] = useState(archives);
  // What got ready in this very visit can be fetched as well, whatever becomes of the next one.
  if (current !== null && !known.includes(current)) setKnown(withLatest(known, current));
  const newest = current?.archiveId ?? 0;
  useServerEvent(
    "archive_progress",
    useCallback(
      ({ archiveId, state, progress }: ArchiveProgress) => {
        // Asked for elsewhere since: on another device, or by an administrator.
        if (archiveId > newest) void follow(archiveId);
        else heard(archiveId, state, progress);
      },
      [newest, follow, heard],
    ),
  );
  const start = () => begin(async () => (await rest.call("POST /api/messaging/archives", { body: {} })).archiveId);
  return { current, error, busy, follow, start, earlier: stillReady(known, current) };
}
