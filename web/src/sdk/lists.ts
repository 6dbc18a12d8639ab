// Lists of conversations, and what one does with a conversation from outside.

import { isMessagingError } from "./errors";
import type { Rest } from "./rest";
import { listKey, listOf } from "./selectors";
import type { Store } from "./store";
import type { Conversation, ListQuery } from "./types";
import type { Messaging } from "./messaging";

const PAGE = 50;

export type Lists = Pick<Messaging, "openWith" | "openAbout" | "settle"> & {
  load: Messaging["loadList"];
  /** Every list that was shown, from its start. */
  again: () => Promise<void>;
};

export function createLists({ store, rest, now }: { store: Store; rest: Rest; now: () => number }): Lists {
  const latest = new Map<string, number>();

  async function load(query: ListQuery, { more = false }: { more?: boolean } = {}): Promise<void> {
    const before = more ? listOf(store.getState(), query)?.next : null;
    if (more && before === null) return;
    const asOf = now();
    latest.set(listKey(query), asOf);
    if (listOf(store.getState(), query)?.status !== "ready") store.dispatch({ type: "list/loading", query });
    try {
      const page = await rest.conversations.list({ limit: PAGE, ...query, ...(before == null ? {} : { before }) });
      // Another one was asked for meanwhile.
      if (latest.get(listKey(query)) !== asOf) return;
      store.dispatch({ type: "list/loaded", query, items: page.items as Conversation[], next: page.next, append: more, asOf });
    } catch (error) {
      if (!isMessagingError(error)) throw error;
      store.dispatch({ type: "list/failed", query });
    }
  }

  async function opened(asking: Promise<{ conversation: unknown }>, asOf: number): Promise<Conversation> {
    const conversation = (await asking).conversation as Conversation;
    store.dispatch({ type: "conversations/told", conversations: [conversation], asOf });
    return conversation;
  }

  return {
    load,
    async again() {
      await Promise.all(Object.values(store.getState().lists).map(({ query }) => load(query)));
    },
    openWith: (participantId, context) =>
      opened(rest.conversations.open({ participantId, ...(context === undefined ? {} : { context }) }), now()),
    openAbout: (contextType, contextId) => opened(rest.contexts.open(contextType, contextId), now()),
    async settle(id, change) {
      await opened(rest.conversations.settle(id, change), now());
    },
  };
}
