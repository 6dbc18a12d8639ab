// Conversations that are not open: what is new in them is fetched, and only then said to have been delivered. That also
// makes them open at once.

import { isMessagingError } from "./errors";
import type { Link } from "./connection";
import type { Live } from "./live";
import type { Marks } from "./marks";
import { threadOf } from "./selectors";
import type { Store } from "./store";
import type { Conversation } from "./types";

const AT_ONCE = 20;

export interface Receiving {
  /** Has something new, perhaps. */
  changed: (conversation: Conversation) => void;
  /** After a connection: the latest of the list. */
  lookThrough: () => void;
}

export function createReceiving({ store, link, live, marks }: { store: Store; link: Link; live: Live; marks: Marks }): Receiving {
  const waiting = new Set<number>();
  let isRunning = false;

  function isBehind({ id, lastSeq, unreadCount }: Conversation): boolean {
    const { me, threads } = store.getState();
    const delivered = threads[id]?.marks[me?.id ?? 0]?.deliveredSeq ?? 0;
    return unreadCount > 0 && lastSeq > Math.max(delivered, heldOf(id)) && !live.isWatched(id);
  }

  function heldOf(id: number): number {
    return threadOf(store.getState(), id).messages.at(-1)?.seq ?? 0;
  }

  /** One after the other: a doctor with forty conversations does not ask for all at once. */
  async function run(): Promise<void> {
    if (isRunning) return;
    isRunning = true;
    try {
      for (const id of waiting) {
        waiting.delete(id);
        await receive(id);
      }
    } finally {
      isRunning = false;
    }
  }

  async function receive(id: number): Promise<void> {
    const conversation = store.getState().conversations[id];
    if (conversation === undefined || !isBehind(conversation) || !link.isOnline()) return;
    try {
      await live.loadLatest(id, conversation.lastSeq - heldOf(id));
      marks.delivered(id);
    } catch (error) {
      // The next change or the next connection brings it here again.
      if (!isMessagingError(error)) throw error;
    }
  }

  return {
    changed(conversation) {
      if (!isBehind(conversation)) return;
      waiting.add(conversation.id);
      void run();
    },
    lookThrough() {
      const conversations = Object.values(store.getState().conversations).toSorted((a, b) => (a.lastMessageTime < b.lastMessageTime ? 1 : -1));
      for (const conversation of conversations.slice(0, AT_ONCE)) if (isBehind(conversation)) waiting.add(conversation.id);
      void run();
    },
  };
}
