import { useCallback } from "react";
import { useLocation } from "wouter";
import { useServerEvent } from "@/hooks";
import { useTexts } from "@/i18n";
import type { ArchiveProgress } from "@/sdk/contract";
import { toast } from "@/ui";
import { appTexts } from "./texts";

const SCREEN = "/settings/data";

/** Says that one's data can be fetched, wherever one went while they were prepared. Their own screen says so itself. */
export function useArchiveNotice(): void {
  const t = useTexts(appTexts);
  const [path, navigate] = useLocation();
  useServerEvent(
    "archive_progress",
    useCallback(
      ({ state }: ArchiveProgress) => {
        if (state === "ready" && path !== SCREEN) toast(t("dataReady"), { text: t("dataSee"), run: () => navigate(SCREEN) });
      },
      [path, navigate, t],
    ),
  );
}
