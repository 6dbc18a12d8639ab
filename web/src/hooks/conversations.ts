import { useCallback, useEffect } from "react";
import { listed, listOf } from "@/sdk/selectors";
import type { Conversation, Draft, List, ListQuery, OutboxItem, Participant } from "@/sdk/types";
import { sameItems, useMessaging, useSelected } from "./provider";

export interface Conversations {
  items: Conversation[];
  status: List["status"];
  hasMore: boolean;
  loadMore: () => Promise<void>;
  reload: () => Promise<void>;
}

/** A list of conversations, live, in the order in which it should be shown. */
export function useConversations(query: ListQuery = {}): Conversations {
  const messaging = useMessaging();
  const key = JSON.stringify(query);
  const load = useCallback(
    (options: { more?: boolean } = {}) => messaging.loadList(JSON.parse(key) as ListQuery, options),
    [messaging, key],
  );
  useEffect(() => {
    void load();
  }, [load]);
  const items = useSelected((state) => listed(state, query), sameItems);
  const list = useSelected((state) => listOf(state, query));
  return {
    items,
    status: list?.status ?? "loading",
    hasMore: list?.next != null,
    loadMore: useCallback(() => load({ more: true }), [load]),
    reload: useCallback(() => load(), [load]),
  };
}

export interface OneConversation {
  /** Null while it is not known. */
  conversation: Conversation | null;
  /** `gone`: it does not exist, or one has no part in it any more. */
  status: "loading" | "ready" | "failed" | "gone";
  participants: Readonly<Record<number, Participant>>;
}

/** One conversation, kept live as long as the component is there. */
export function useConversation(id: number): OneConversation {
  const messaging = useMessaging();
  useEffect(() => messaging.watch(id), [messaging, id]);
  const conversation = useSelected((state) => state.conversations[id] ?? null);
  const gone = useSelected((state) => state.gone.includes(id));
  const status = useSelected((state) => state.threads[id]?.status ?? "new");
  const participants = useSelected((state) => state.threads[id]?.participants ?? NOBODY);
  return { conversation, status: gone ? "gone" : status === "new" ? "loading" : status, participants };
}

const NOBODY: Readonly<Record<number, Participant>> = Object.freeze({});

export function useUnreadCount(): number {
  return useSelected((state) => state.unreadCount);
}

/** What was typed here before and not sent, and how to keep what is typed now; null forgets it. */
export function useDraft(id: number): [Draft | null, (draft: Draft | null) => void, (draft: Draft) => void] {
  const messaging = useMessaging();
  const draft = useSelected((state) => state.drafts[id] ?? null);
  const set = useCallback((next: Draft | null) => messaging.setDraft(id, next), [messaging, id]);
  return [draft, set, useCallback((next) => messaging.prepareDraft(id, next), [messaging, id])];
}

/** Everything that waits to be sent, over all conversations. */
export function useOutbox(): readonly OutboxItem[] {
  return useSelected((state) => state.outbox);
}
