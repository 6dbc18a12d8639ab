import { useCallback, useEffect, useMemo } from "react";
import { shownRun, statusOf, threadOf, waitingIn } from "@/sdk/selectors";
import type { Message, MessageStatus, OutboxItem, Thread } from "@/sdk/types";
import { sameItems, useMessaging, useSelected } from "./provider";

export interface Messages {
  status: Thread["status"];
  /** A run without a hole, ascending by seq: the latest, or the place one jumped to. */
  items: readonly Message[];
  /** Not confirmed yet; belongs below the latest message. */
  waiting: readonly OutboxItem[];
  hasOlder: boolean;
  hasNewer: boolean;
  /** The highest seq that the server has told of. */
  lastSeq: number;
  /** The first message of somebody else that was unread when the conversation was opened. */
  firstUnreadSeq: number | null;
  /** Of one's own message. */
  statusOf: (message: Message) => MessageStatus;
  loadOlder: () => Promise<void>;
  loadNewer: () => Promise<void>;
  jumpTo: (seq: number) => Promise<void>;
  jumpToLatest: () => Promise<void>;
  /** Again, after it failed. */
  reload: () => Promise<void>;
}

/** The messages of a conversation that `useConversation` keeps live. */
export function useMessages(id: number): Messages {
  const messaging = useMessaging();
  const thread = useSelected((state) => threadOf(state, id));
  const waiting = useSelected((state) => waitingIn(state, id), sameItems);
  const me = useSelected((state) => state.me?.id ?? 0);
  const items = useMemo(() => shownRun(thread), [thread]);
  const firstUnreadSeq = useMemo(() => firstUnread(thread, me), [thread, me]);
  const first = items[0]?.seq ?? 1;
  const last = items.at(-1)?.seq ?? 0;
  return {
    status: thread.status,
    items,
    waiting,
    hasOlder: first > Math.max(thread.firstSeq ?? 1, 1),
    hasNewer: last < thread.lastSeq && thread.anchor !== null,
    lastSeq: thread.lastSeq,
    firstUnreadSeq,
    statusOf: useCallback((message) => statusOf(thread, message, me), [thread, me]),
    loadOlder: useCallback(() => messaging.loadOlder(id), [messaging, id]),
    loadNewer: useCallback(() => messaging.loadNewer(id), [messaging, id]),
    jumpTo: useCallback((seq) => messaging.jumpTo(id, seq), [messaging, id]),
    jumpToLatest: useCallback(() => messaging.jumpToLatest(id), [messaging, id]),
    reload: useCallback(() => messaging.reload(id), [messaging, id]),
  };
}

function firstUnread({ messages, unreadFrom, unreadUpTo }: Thread, me: number): number | null {
  if (unreadFrom === null || unreadUpTo === null) return null;
  const found = messages.find(
    ({ seq, senderId, type }) => seq > unreadFrom && seq <= unreadUpTo && senderId !== me && type !== "system",
  );
  return found?.seq ?? null;
}

/** Tells that everything up to this seq is on the screen; null while nothing is. */
export function useSeen(id: number, upToSeq: number | null): void {
  const messaging = useMessaging();
  useEffect(() => {
    if (upToSeq !== null) messaging.seen(id, upToSeq);
  }, [messaging, id, upToSeq]);
}

export interface Typing {
  /** Who is typing, oneself not among them. */
  userIds: readonly number[];
  /** For each key that is pressed; `stop` when the text was emptied. A message that is sent stops it by itself. */
  typing: () => void;
  stop: () => void;
}

export function useTyping(id: number): Typing {
  const messaging = useMessaging();
  const userIds = useSelected(
    (state) => (state.typing[id] ?? []).filter((userId) => userId !== state.me?.id),
    sameItems,
  );
  return {
    userIds,
    typing: useCallback(() => messaging.typing(id), [messaging, id]),
    stop: useCallback(() => messaging.stopTyping(id), [messaging, id]),
  };
}
