import { useEffect, useRef } from "react";
import { useLostWithPage } from "@/hooks";
import { useTexts } from "@/i18n";
import { toast } from "@/ui";
import { appTexts } from "./texts";

/** What goes out within this time was never in danger. */
const PATIENCE_MS = 2_000;

/** Says once that the browser keeps nothing of what waits, so that one leaves the page open until it is sent. */
export function useLossNotice(): void {
  const t = useTexts(appTexts);
  const isAnyLost = useLostWithPage() > 0;
  const isTold = useRef(false);
  const tell = useRef(() => {});
  tell.current = () => toast(t("notKept"), { text: t("understood"), run: () => undefined });
  useEffect(() => {
    if (!isAnyLost || isTold.current) return;
    const timer = setTimeout(() => {
      isTold.current = true;
      tell.current();
    }, PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [isAnyLost]);
}
