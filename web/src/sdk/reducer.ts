// What the client knows, as one plain object, and how each thing that happens changes it. Nothing here touches the
// network, the clock or the document.

import type { Update } from "./contract";
import { derived } from "./conversation";
import { asMessages } from "./merge";
import { emptyThread, listKey, threadOf } from "./selectors";
import { withHistory, withMark, withMessages, withUpdate } from "./thread";
import type {
  Connection,
  Chosen,
  Conversation,
  Draft,
  Features, Limits,
  List, ListQuery,
  Me, Message,
  OutboxItem,
  Presence,
  State,
  Stats,
  Thread,
} from "./types";

export type Action =
  | { type: "session/known"; me: Me }
  | { type: "session/forgotten" }
  | { type: "connection/changed"; connection: Connection }
  | { type: "server/greeted"; epoch: string; limits: Limits; features: Features; unreadCount: number }
  | { type: "server/restored" }
  | { type: "unread/changed"; unreadCount: number }
  | { type: "list/loading"; query: ListQuery }
  | { type: "list/failed"; query: ListQuery }
  | { type: "list/loaded"; query: ListQuery; items: Conversation[]; next: string | null; append: boolean; asOf: number }
  | { type: "conversations/told"; conversations: Conversation[]; asOf: number }
  | { type: "conversation/gone"; id: number }
  | { type: "thread/opened" | "thread/left"; id: number }
  | { type: "thread/loading"; id: number }
  | { type: "thread/failed"; id: number }
  | { type: "thread/anchored"; id: number; seq: number | null }
  | { type: "history/loaded"; id: number; items: Message[]; isStart: boolean }
  | { type: "room/joined"; update: Update }
  | { type: "messages/arrived"; messages: Message[]; live: boolean }
  | { type: "marks/read"; conversationId: number; userId: number; readSeq: number }
  | { type: "marks/delivered"; conversationId: number; userId: number; deliveredSeq: number }
  | { type: "typing/started" | "typing/stopped"; conversationId: number; userId: number }
  | { type: "presence/told"; presence: Presence[] }
  | { type: "outbox/loaded"; items: OutboxItem[] }
  | { type: "outbox/added"; item: OutboxItem }
  | { type: "outbox/changed"; clientMessageId: string; change: Partial<OutboxItem> }
  | { type: "outbox/removed"; clientMessageId: string }
  | { type: "drafts/loaded"; drafts: Record<number, Draft> }
  | { type: "draft/changed"; id: number; draft: Draft | null }
  | { type: "chosen/changed"; chosen: Record<number, Chosen> }
  | { type: "stats/told"; stats: Stats };

export const initialState: State = {
  me: null,
  connection: { status: "connecting", since: 0, endedBecause: null },
  epoch: null,
  limits: {
    maxContentLength: 5000,
    maxAttachments: 5,
    maxAttachmentBytes: 10_000_000,
    maxFrameBytes: 65_536,
    messageRate: 30,
    messageBurst: 60,
    eventRate: 50,
    idleMinutes: 15,
    replyHours: 0,
  },
  features: { forum: false },
  unreadCount: 0,
  conversations: {},
  told: {},
  lists: {},
  threads: {},
  typing: {},
  presence: {},
  outbox: [],
  drafts: {},
  chosen: {},
  stats: null,
  gone: [],
};

export function reduce(state: State, action: Action): State {
  switch (action.type) {
    case "session/known":
      return { ...state, me: action.me };
    case "session/forgotten":
      return { ...initialState, connection: state.connection };
    case "connection/changed":
      return { ...state, connection: action.connection, typing: {} };
    case "server/greeted":
      return {
        ...state,
        epoch: action.epoch,
        limits: { ...state.limits, ...action.limits },
        features: action.features,
        unreadCount: action.unreadCount,
      };
    case "server/restored":
      return restored(state);
    case "unread/changed":
      return { ...state, unreadCount: action.unreadCount };
    case "list/loading":
    case "list/failed":
      return withList(state, action.query, { status: action.type === "list/loading" ? "loading" : "failed" });
    case "list/loaded":
      return loaded(state, action);
    case "conversations/told":
      return toldOf(state, action.conversations, action.asOf);
    case "conversation/gone":
      return gone(state, action.id);
    case "thread/opened":
    case "thread/left":
      return withThread(state, action.id, (thread) => ({ ...thread, unreadFrom: null, unreadUpTo: null, anchor: null }));
    case "thread/loading":
    case "thread/failed":
      return withThread(state, action.id, (thread) => ({ ...thread, status: statusOn(thread, action.type) }));
    case "thread/anchored":
      return withThread(state, action.id, (thread) => ({ ...thread, anchor: action.seq }));
    case "history/loaded":
      return withThread(state, action.id, (thread) => withHistory(thread, action.items, action.isStart), action.items);
    case "room/joined":
      return joined(state, action.update);
    case "messages/arrived":
      return arrived(state, action.messages, action.live);
    case "marks/read":
      return read(state, action);
    case "marks/delivered":
      return withThread(state, action.conversationId, (thread) => withMark(thread, action.userId, { readSeq: -1, deliveredSeq: action.deliveredSeq }));
    case "typing/started":
      return withTyping(state, action.conversationId, (users) => [...new Set([...users, action.userId])]);
    case "typing/stopped":
      return withTyping(state, action.conversationId, (users) => users.filter((user) => user !== action.userId));
    case "presence/told":
      return present(state, action.presence);
    case "outbox/loaded":
      return { ...state, outbox: ordered(action.items.filter((item) => !isStored(state, item))) };
    case "outbox/added":
      return isStored(state, action.item) ? state : { ...state, outbox: ordered([...withoutItem(state, action.item), action.item]) };
    case "outbox/changed":
      return { ...state, outbox: state.outbox.map((item) => changed(item, action)) };
    case "outbox/removed":
      return { ...state, outbox: withoutItem(state, action) };
    case "drafts/loaded":
      return { ...state, drafts: { ...action.drafts, ...state.drafts } };
    case "draft/changed":
      return { ...state, drafts: action.draft === null ? without(state.drafts, action.id) : { ...state.drafts, [action.id]: action.draft } };
    case "chosen/changed":
      return { ...state, chosen: { ...state.chosen, ...action.chosen } };
    case "stats/told":
      return { ...state, stats: action.stats };
  }
}

type On<Type extends Action["type"]> = Extract<Action, { type: Type }>;

/** All that came from the server before its backup was put back may be of another past. What was written here stays. */
function restored(state: State): State {
  const { me, connection, limits, features, outbox, drafts, chosen } = state;
  const threads = mapped(state.threads, () => emptyThread);
  return { ...initialState, me, connection, limits, features, outbox, drafts, chosen, threads };
}

function loaded(state: State, { query, items, next, append, asOf }: On<"list/loaded">): State {
  const before = append ? (state.lists[listKey(query)]?.ids ?? []) : [];
  const ids = [...new Set([...before, ...items.map(({ id }) => id)])];
  return withList(toldOf(state, items, asOf), query, { status: "ready", ids, next });
}

function withList(state: State, query: ListQuery, change: Partial<List>): State {
  const key = listKey(query);
  const before = state.lists[key] ?? { query, status: "loading", ids: [], next: null };
  return { ...state, lists: { ...state.lists, [key]: { ...before, ...change } } };
}

function toldOf(state: State, conversations: readonly Conversation[], asOf: number): State {
  const told = { ...state.told };
  const known = { ...state.conversations };
  const presence = { ...state.presence };
  for (const conversation of conversations) {
    const { id, participantInfo } = conversation;
    if ((told[id]?.asOf ?? 0) > asOf) continue;
    told[id] = { conversation, asOf };
    known[id] = derived(conversation, state.threads[id], state.me?.id ?? 0);
    presence[participantInfo.id] ??= { userId: participantInfo.id, online: participantInfo.online, lastSeenAt: null };
  }
  const ids = new Set(conversations.map(({ id }) => id));
  return { ...state, told, conversations: known, presence, gone: state.gone.filter((id) => !ids.has(id)) };
}

function gone(state: State, id: number): State {
  return {
    ...state,
    told: without(state.told, id),
    conversations: without(state.conversations, id),
    threads: without(state.threads, id),
    gone: [...state.gone.filter((other) => other !== id), id],
  };
}

function joined(state: State, update: Update): State {
  const me = state.me?.id ?? 0;
  const messages = asMessages([...update.changes, ...update.messages]);
  const next = withThread(state, update.conversationId, (thread) => withUpdate(thread, update, me), messages);
  const presence = update.participants.map(({ userId, online }) => ({ userId, online, lastSeenAt: null }));
  return present(next, presence.filter(({ userId }) => userId !== me));
}

function arrived(state: State, messages: readonly Message[], live: boolean): State {
  const threads = new Map<number, Message[]>();
  for (const message of messages) {
    const items = threads.get(message.conversationId);
    if (items === undefined) threads.set(message.conversationId, [message]);
    else items.push(message);
  }
  let next = state;
  for (const [id, items] of threads) {
    next = withThread(next, id, (thread) => withMessages(thread, items, live), items);
    if (live) for (const { senderId } of items) next = withTyping(next, id, (users) => users.filter((user) => user !== senderId));
  }
  return next;
}

function read(state: State, { conversationId: id, userId, readSeq }: On<"marks/read">): State {
  const isMine = userId === state.me?.id;
  const told = state.told[id];
  const isMarked = isMine && told?.conversation.markedUnread === true;
  const calm: State = isMarked
    ? { ...state, told: { ...state.told, [id]: { ...told, conversation: { ...told.conversation, markedUnread: false } } } }
    : state;
  const next = withThread(calm, id, (thread) => withMark(thread, userId, { readSeq, deliveredSeq: readSeq }));
  return isMarked ? withDerived(next, id) : next;
}

function withThread(state: State, id: number, change: (thread: Thread) => Thread, items: readonly Message[] = []): State {
  const before = threadOf(state, id);
  const after = change(before);
  if (after === before) return state;
  const sent = new Set(items.flatMap(({ clientMessageId }) => clientMessageId ?? []));
  const waits = sent.size > 0 && state.outbox.some((item) => sent.has(item.clientMessageId));
  const outbox = waits ? state.outbox.filter((item) => !sent.has(item.clientMessageId)) : state.outbox;
  return withDerived({ ...state, threads: { ...state.threads, [id]: after }, outbox }, id);
}

function withDerived(state: State, id: number): State {
  const told = state.told[id];
  if (told === undefined) return state;
  const conversation = derived(told.conversation, state.threads[id], state.me?.id ?? 0);
  return { ...state, conversations: { ...state.conversations, [id]: conversation } };
}

/** What is on the screen stays there while more is asked for. */
function statusOn(thread: Thread, type: "thread/loading" | "thread/failed"): Thread["status"] {
  if (thread.status === "ready") return "ready";
  return type === "thread/loading" ? "loading" : "failed";
}

function withTyping(state: State, id: number, change: (users: readonly number[]) => number[]): State {
  const before = state.typing[id] ?? [];
  const after = change(before);
  return after.length === before.length ? state : { ...state, typing: { ...state.typing, [id]: after } };
}

function present(state: State, people: readonly Presence[]): State {
  const presence = { ...state.presence };
  for (const person of people) {
    const lastSeenAt = person.lastSeenAt ?? presence[person.userId]?.lastSeenAt ?? null;
    presence[person.userId] = { ...person, lastSeenAt };
  }
  return { ...state, presence };
}

/** Another tab may tell of a message that this one has already. */
function isStored(state: State, { conversationId, clientMessageId }: OutboxItem): boolean {
  return threadOf(state, conversationId).messages.some((message) => message.clientMessageId === clientMessageId);
}

function changed(item: OutboxItem, { clientMessageId, change }: On<"outbox/changed">): OutboxItem {
  return item.clientMessageId === clientMessageId ? { ...item, ...change } : item;
}

function withoutItem(state: State, { clientMessageId }: { clientMessageId: string }): OutboxItem[] {
  return state.outbox.filter((item) => item.clientMessageId !== clientMessageId);
}

function ordered(items: OutboxItem[]): OutboxItem[] {
  return items.toSorted((a, b) => a.order - b.order);
}

function without<Value>(object: Readonly<Record<number, Value>>, key: number): Record<number, Value> {
  const { [key]: _, ...rest } = object;
  return rest;
}

function mapped<A, B>(object: Readonly<Record<number, A>>, change: (value: A) => B): Record<number, B> {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));
}
