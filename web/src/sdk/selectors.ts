// Answers that follow from the state. All are pure; what they give is the same object as long as the state is.

import type { Conversation, List, ListQuery, Message, MessageStatus, OutboxItem, State, Thread } from "./types";

export const emptyThread: Thread = Object.freeze({
  status: "new",
  messages: [],
  participants: {},
  marks: {},
  position: null,
  ahead: {},
  lastSeq: 0,
  firstSeq: null,
  anchor: null,
  unreadFrom: null,
  unreadUpTo: null,
});

export function threadOf(state: State, id: number): Thread {
  return state.threads[id] ?? emptyThread;
}

export function listKey(query: ListQuery): string {
  const entries = Object.entries(query).filter(([, value]) => value !== undefined && value !== "" && value !== false);
  return JSON.stringify(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

export function listOf(state: State, query: ListQuery): List | null {
  return state.lists[listKey(query)] ?? null;
}

/** The conversations of a list, in their order as things are now: pinned, urgent where that counts, then the latest. */
export function listed(state: State, query: ListQuery): Conversation[] {
  const list = listOf(state, query);
  if (list === null) return [];
  const urgentFirst = query.sort === "urgent" || (query.sort === undefined && state.me?.role === "medecin");
  return candidates(state, list)
    .filter((conversation) => belongs(conversation, query))
    .toSorted(
      (a, b) =>
        Number(b.pinned) - Number(a.pinned) ||
        (urgentFirst ? Number(b.urgentCount > 0) - Number(a.urgentCount > 0) : 0) ||
        compare(b.lastMessageTime, a.lastMessageTime) ||
        b.id - a.id,
    );
}

/** What the server listed, and what came or began to belong since then. Which names are like `q`, only the server knows. */
function candidates(state: State, { query, ids, next }: List): Conversation[] {
  const given = ids.flatMap((id) => state.conversations[id] ?? []);
  if (query.q !== undefined && query.q !== "") return given;
  const isGiven = new Set(ids);
  const end = next === null ? "" : given.reduce((oldest, { lastMessageTime }) => (lastMessageTime < oldest ? lastMessageTime : oldest), "~");
  return [...given, ...Object.values(state.conversations).filter(({ id, lastMessageTime }) => !isGiven.has(id) && lastMessageTime >= end)];
}

/** What changed since the server gave the list may have left it. */
export function belongs(conversation: Conversation, query: ListQuery): boolean {
  if (query.status !== undefined && query.status !== "all" && conversation.status !== query.status) return false;
  if (query.kind !== undefined && conversation.kind !== query.kind) return false;
  if (query.awaitingReply === true && !conversation.awaitingReply) return false;
  return query.urgent !== true || conversation.urgentCount > 0;
}

/** The run of messages without a hole that is being looked at: around the anchor, or the latest. */
export function shownRun(thread: Thread): readonly Message[] {
  const { messages, anchor } = thread;
  if (messages.length === 0) return messages;
  const at = anchor === null ? messages.length - 1 : lastAtOrBefore(messages, anchor);
  let from = Math.max(at, 0);
  let to = from;
  while (from > 0 && seqAt(messages, from - 1) === seqAt(messages, from) - 1) from -= 1;
  while (to < messages.length - 1 && seqAt(messages, to + 1) === seqAt(messages, to) + 1) to += 1;
  return from === 0 && to === messages.length - 1 ? messages : messages.slice(from, to + 1);
}

/** sent, delivered or read: that of the least advanced of the others, as told last. */
export function statusOf(thread: Thread, message: Message, me: number): MessageStatus {
  const others = Object.values(thread.participants).filter((person) => person.userId !== me);
  const all = (key: "readSeq" | "deliveredSeq") => others.length > 0 && others.every((person) => person[key] >= message.seq);
  if (message.status === "read" || all("readSeq")) return "read";
  return message.status === "delivered" || all("deliveredSeq") ? "delivered" : "sent";
}

/** What waits to be sent in this conversation, oldest first. */
export function waitingIn(state: State, id: number): OutboxItem[] {
  return state.outbox.filter((item) => item.conversationId === id);
}

/** The place of the last message whose seq is not greater; −1 when all are. */
export function lastAtOrBefore(messages: readonly Message[], seq: number): number {
  let low = 0;
  let high = messages.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (seqAt(messages, middle) <= seq) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function seqAt(messages: readonly Message[], index: number): number {
  return messages[index]?.seq ?? 0;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
