// What is only told to those who asked, and has to be asked for again after each connection: presence and statistics.

import type { Link } from "./connection";
import { isMessagingError } from "./errors";
import type { Store } from "./store";

const MOST_USERS = 200;

export interface Watches {
  presence: (userIds: readonly number[]) => () => void;
  stats: () => () => void;
  again: () => Promise<void>;
}

export function createWatches({ store, link }: { store: Store; link: Link }): Watches {
  const people = new Map<number, number>();
  const wanted = new Set<number>();
  let watchers = 0;
  let isPlanned = false;

  /** Rows of a list ask one by one; the server is asked once. */
  function plan(): void {
    if (isPlanned) return;
    isPlanned = true;
    setTimeout(() => {
      isPlanned = false;
      void quietly(askPresence());
    }, 0);
  }

  async function askPresence(): Promise<void> {
    const ids = [...wanted].filter((id) => people.has(id));
    wanted.clear();
    for (let from = 0; from < ids.length && link.isOnline(); from += MOST_USERS) {
      const { presence } = await link.ask("get_presence", { userIds: ids.slice(from, from + MOST_USERS) });
      store.enqueue({ type: "presence/told", presence });
    }
  }

  async function askStats(subscribe: boolean): Promise<void> {
    const { stats } = await link.ask("connection_stats", { subscribe });
    store.enqueue({ type: "stats/told", stats });
  }

  return {
    presence(userIds) {
      for (const id of userIds) {
        if (!people.has(id)) wanted.add(id);
        people.set(id, (people.get(id) ?? 0) + 1);
      }
      if (link.isOnline() && wanted.size > 0) plan();
      return () => {
        for (const id of userIds) {
          const left = (people.get(id) ?? 1) - 1;
          if (left > 0) people.set(id, left);
          else people.delete(id);
        }
      };
    },
    stats() {
      watchers += 1;
      if (watchers === 1 && link.isOnline()) void quietly(askStats(true));
      return () => {
        watchers -= 1;
        if (watchers === 0 && link.isOnline()) void quietly(askStats(false));
      };
    },
    async again() {
      for (const id of people.keys()) wanted.add(id);
      await quietly(Promise.all([askPresence(), ...(watchers > 0 ? [askStats(true)] : [])]));
    },
  };
}

/** A refusal or a lost connection here costs nothing: the next connection asks again. */
async function quietly(asking: Promise<unknown>): Promise<void> {
  try {
    await asking;
  } catch (error) {
    if (!isMessagingError(error)) throw error;
  }
}
