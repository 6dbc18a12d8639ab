import { useEffect, useState } from "react";
import { useSession } from "@/hooks";
import { recall, remember, useTexts } from "@/i18n";
import { Button, Dialog } from "@/ui";
import { useMessaging } from "@/hooks";
import { appTexts } from "./texts";
import { useIdleLimit } from "./useIdleLimit";

const WARNING_MS = 60_000;
const EVENTS = ["pointerdown", "keydown", "wheel", "touchmove"] as const;
/** When somebody did something last, in any tab of this browser. */
const KEY = "colloque.active";

/** A screen left alone signs out by itself; a minute before, it asks. */
export function IdleGuard() {
  const t = useTexts(appTexts);
  const limit = useIdleLimit();
  const left = useTimeLeft(limit);
  const { end, logout } = useSession();
  const messaging = useMessaging();
  const isOver = left !== null && left <= 0;

  useEffect(() => {
    if (!isOver) return;
    // Ended first: the reason that is given first is the one that is shown.
    void messaging
      .clear()
      .finally(() => end("idle"))
      .then(logout);
  }, [isOver, messaging, logout, end]);

  if (left === null || left > WARNING_MS || isOver) return null;
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
    </Dialog>
  );
}

function wake() {
  remember(KEY, String(Date.now()));
}

function lastActive(): number {
  return Number(recall(KEY) ?? Date.now());
}

/** Milliseconds until the end, as long as it is near; null while it is not, or when there is no limit. */
function useTimeLeft(limit: number): number | null {
  const [left, setLeft] = useState<number | null>(null);
  useEffect(() => {
    if (limit === 0) return;
    wake();
    const look = () => {
      const remaining = lastActive() + limit - Date.now();
      setLeft(remaining > WARNING_MS ? null : remaining);
    };
    const timer = setInterval(look, 1_000);
    // Once it is asked, only the answer counts: a hand that brushes the mouse is none.
    const active = () => {
      if (lastActive() + limit - Date.now() > WARNING_MS) wake();
    };
    for (const event of EVENTS) window.addEventListener(event, active, { passive: true });
    return () => {
      clearInterval(timer);
      for (const event of EVENTS) window.removeEventListener(event, active);
    };
  }, [limit]);
  return left;
}
