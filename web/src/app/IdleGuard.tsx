import { useEffect } from "react";
import { useMessaging, useOutbox, useSession } from "@/hooks";
import { useTexts } from "@/i18n";
import { isMessagingError } from "@/sdk";
import { Button, Dialog } from "@/ui";
import { appTexts } from "./texts";
import { useIdleLimit } from "./useIdleLimit";
import { useTimeLeft, wake } from "./useTimeLeft";

/** A screen left alone signs out by itself; a minute before, it asks. What is unsent waits for the same person. */
export function IdleGuard() {
  const t = useTexts(appTexts);
  const left = useTimeLeft(useIdleLimit());
  const { end, logout } = useSession();
  const messaging = useMessaging();
  const outbox = useOutbox();
  const lost = outbox.filter((item) => item.isLostWithPage).length;
  const unsent = outbox.length - lost;
  const isOver = left !== null && left <= 0;

  useEffect(() => {
    if (!isOver) return;
    messaging.stop();
    // Ended first: the reason that is given first is the one that is shown.
    end(messaging.getState().outbox.some((item) => !item.isLostWithPage) ? "idle_unsent" : "idle");
    logout().catch((error: unknown) => {
      // It is said to the server with the next start of the page (see sdk/session.ts).
      if (!isMessagingError(error)) throw error;
    });
  }, [isOver, messaging, logout, end]);

  if (left === null || isOver) return null;
  return (
    <Dialog
      title={t("idleTitle")}
      size="small"
      onClose={wake}
      actions={
        <Button kind="primary" data-autofocus onClick={wake}>
          {t("stay")}
        </Button>
      }
    >
      <p>{t("idleText", { count: Math.ceil(left / 1000) })}</p>
      {unsent > 0 && <p>{t("idleUnsent", { count: unsent })}</p>}
      {lost > 0 && <p>{t("idleLost", { count: lost })}</p>}
    </Dialog>
  );
}
