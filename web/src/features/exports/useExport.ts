import { useCallback } from "react";
import { type Making, useMaking, useMessaging, useServerEvent } from "@/hooks";
import type { Export, ExportProgress } from "@/sdk/contract";

export type RunningExport = Pick<Making<Export>, "current" | "error" | "busy"> & {
  start: (format: Export["format"]) => Promise<void>;
};

/** The export of a conversation. */
export function useExport(conversationId: number): RunningExport {
  const { rest } = useMessaging();
  const { heard, begin, current, error, busy } = useMaking(useCallback((id: number) => rest.exports.get(String(id)), [rest]));
  useServerEvent(
    "export_progress",
    useCallback(({ exportId, state, progress }: ExportProgress) => heard(exportId, state, progress), [heard]),
  );
  const start = (format: Export["format"]) => begin(async () => (await rest.exports.start(conversationId, { format })).exportId);
  return { current, error, busy, start };
}
