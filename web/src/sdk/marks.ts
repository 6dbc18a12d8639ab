// Read is only what was on a screen that somebody looks at; delivered is what this client holds.

import type { Link } from "./connection";
import { isMessagingError } from "./errors";
import { threadOf } from "./selectors";
import type { Store } from "./store";
import { lastOfOthers } from "./thread";

/** So long after one of them the next: in a flood, the last one says it all, and the server has other things to do. */
const APART_MS = 250;

export interface Marks {
  seen: (id: number, upToSeq: number) => void;
  /** What this client holds of a conversation has reached it. */
  delivered: (id: number) => void;
  /** Looks again at what is on the screen: the window got the focus, the connection came back. */
  again: () => void;
  stop: () => void;
}

export function createMarks({ store, link }: { store: Store; link: Link }): Marks {
  const onScreen = new Map<number, number>();
  const asked = new Set<string>();
  /** What was told just now, by event and conversation; true: there is more to tell. */
  const resting = new Map<string, boolean>();
  const timers = new Set<ReturnType<typeof setTimeout>>();
  const again = () => {
    for (const id of onScreen.keys()) look(id);
  };

  function look(id: number): void {
    const { me } = store.getState();
    if (me === null || !link.isOnline()) return;
    const thread = threadOf(store.getState(), id);
    // Of conversations that were never joined they are not known: the server keeps them from going back.
    const mine = thread.marks[me.id] ?? { readSeq: 0, deliveredSeq: 0 };
    const seen = lastOfOthers(thread, me.id, onScreen.get(id) ?? 0);
    if (seen > Math.max(mine.readSeq, 0) && isLookedAt()) void mark("mark_as_read", id, seen);
    const held = lastOfOthers(thread, me.id);
    if (held > mine.deliveredSeq) void mark("mark_as_delivered", id, held);
  }

  async function mark(event: "mark_as_read" | "mark_as_delivered", id: number, upToSeq: number): Promise<void> {
    const kind = `${event} ${id}`;
    const once = `${kind} ${upToSeq}`;
    if (resting.has(kind)) return void resting.set(kind, true);
    if (asked.has(once)) return;
    asked.add(once);
    rest(kind, id);
    try {
      await link.ask(event, { conversationId: id, upToSeq });
      const userId = store.getState().me?.id ?? 0;
      if (event === "mark_as_read") store.enqueue({ type: "marks/read", conversationId: id, userId, readSeq: upToSeq });
      else store.enqueue({ type: "marks/delivered", conversationId: id, userId, deliveredSeq: upToSeq });
    } catch (error) {
      // The next message, look or connection does it again.
      if (!isMessagingError(error)) throw error;
    } finally {
      asked.delete(once);
    }
  }

  function rest(kind: string, id: number): void {
    resting.set(kind, false);
    const timer = setTimeout(() => {
      const isMore = resting.get(kind) === true;
      resting.delete(kind);
      timers.delete(timer);
      if (isMore) look(id);
    }, APART_MS);
    timers.add(timer);
  }

  const hasWindow = typeof window !== "undefined";
  if (hasWindow) {
    window.addEventListener("focus", again);
    document.addEventListener("visibilitychange", again);
  }

  return {
    seen(id, upToSeq) {
      onScreen.set(id, Math.max(upToSeq, onScreen.get(id) ?? 0));
      look(id);
    },
    delivered: look,
    again,
    stop() {
      for (const timer of timers) clearTimeout(timer);
      if (!hasWindow) return;
      window.removeEventListener("focus", again);
      document.removeEventListener("visibilitychange", again);
    },
  };
}

function isLookedAt(): boolean {
  return typeof document === "undefined" || (document.visibilityState === "visible" && document.hasFocus());
}
