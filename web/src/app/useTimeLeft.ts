import { useEffect, useState } from "react";
import { recall, remember } from "@/i18n";

const LONGEST_WARNING_MS = 60_000;
const EVENTS = ["pointerdown", "keydown", "wheel", "touchmove"] as const;
/** When somebody did something last, in any tab of this browser. */
const KEY = "colloque.active";
/** A turn of the wheel is a hundred events: what is kept is right to within so long. */
const KEPT_EVERY_MS = 5_000;

/** Milliseconds until the end of a session that nobody touches, once it is time to ask; null before, or without a limit. */
export function useTimeLeft(limit: number): number | null {
  const [left, setLeft] = useState<number | null>(null);
  const warning = Math.min(LONGEST_WARNING_MS, limit / 4);
  useEffect(() => {
    if (limit === 0) return;
    let kept = Date.now();
    const remaining = () => lastActive() + limit - Date.now();
    const look = () => setLeft(remaining() > warning ? null : remaining());
    // Once it is asked, only the answer counts: a hand that brushes the mouse is none.
    const active = () => {
      const now = Date.now();
      if (now - kept < Math.min(KEPT_EVERY_MS, warning) || remaining() <= warning) return;
      kept = now;
      wake();
    };
    // Being shown anew is no sign of a hand.
    if (recall(KEY) === null || remaining() <= 0) wake();
    const timer = setInterval(look, 1_000);
    for (const event of EVENTS) window.addEventListener(event, active, { passive: true });
    return () => {
      clearInterval(timer);
      for (const event of EVENTS) window.removeEventListener(event, active);
    };
  }, [limit, warning]);
  return left;
}

export function wake(): void {
  remember(KEY, String(Date.now()));
}

function lastActive(): number {
  return Number(recall(KEY) ?? Date.now());
}
