// The word that somebody types here, told at most every three seconds, and that they stopped.

import type { Link } from "./connection";

const EVERY = 3_000;
const IDLE = 4_000;

export interface Typing {
  typing: (id: number) => void;
  stopTyping: (id: number) => void;
  stop: () => void;
}

export function createTyping(link: Link): Typing {
  const told = new Map<number, { since: number; timer: ReturnType<typeof setTimeout> }>();

  function stopTyping(id: number): void {
    const known = told.get(id);
    if (known === undefined) return;
    clearTimeout(known.timer);
    told.delete(id);
    link.mention("typing_stop", { conversationId: id });
  }

  return {
    typing(id) {
      const known = told.get(id);
      const now = Date.now();
      const isDue = known === undefined || now - known.since > EVERY;
      if (isDue) link.mention("typing_start", { conversationId: id });
      clearTimeout(known?.timer);
      told.set(id, { since: isDue ? now : known.since, timer: setTimeout(() => stopTyping(id), IDLE) });
    },
    stopTyping,
    stop() {
      for (const { timer } of told.values()) clearTimeout(timer);
    },
  };
}
