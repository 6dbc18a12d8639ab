// What the page knows, as one plain object, and how each thing that happens changes it. Nothing here touches the network,
// the clock or the document. Messages are keyed by id and by clientMessageId, so that the echo, the ack, the REST reply
// and a second look at the history are all the same message.

import { emptyThread, threadReducer } from "./thread.js";

export const initialState = Object.freeze({
  phase: "starting",
  me: null,
  endedBecause: null,
  demoUsers: [],
  conversations: {},
  list: { status: "loading", next: null, query: "", found: null },
  openId: null,
  threads: {},
  typing: {},
  unreadCount: 0,
  connection: "connecting",
  limits: { maxContentLength: 5000 },
});

export function reduce(state, action) {
  const handler = handlers[action.type];
  if (handler === undefined) throw new Error(`no such action: ${action.type}`);
  return handler(state, action);
}

const handlers = {
  "session/started": (state, { user }) => ({ ...initialState, demoUsers: state.demoUsers, phase: "in", me: user }),
  "session/ended": (state, { because }) => ({
    ...initialState,
    demoUsers: state.demoUsers,
    phase: "out",
    endedBecause: because ?? null,
  }),
  "demo/loaded": (state, { users }) => ({ ...state, demoUsers: users }),
  "connection/changed": (state, { connection }) => ({ ...state, connection }),
  "limits/known": (state, { limits }) => ({ ...state, limits: { ...state.limits, ...limits } }),
  "unread/changed": (state, { unreadCount }) => ({ ...state, unreadCount }),

  "list/loading": (state) => withList(state, { status: "loading" }),
  "list/failed": (state) => withList(state, { status: "failed" }),
  "list/asked": (state, { query }) => withList(state, { query, found: query === "" ? null : state.list.found }),
  "list/loaded": (state, { items, next, query, append }) => {
    if (query !== state.list.query) return state;
    const conversations = append || query !== "" ? { ...state.conversations } : keepOpen(state);
    for (const conversation of items) {
      conversations[conversation.id] = newer(state.conversations[conversation.id], conversation);
    }
    const ids = items.map((conversation) => conversation.id);
    const found = query === "" ? null : [...(append ? state.list.found ?? [] : []), ...ids];
    return withList({ ...state, conversations }, { status: "ready", next, found });
  },
  "conversation/changed": (state, { conversation }) => ({
    ...state,
    conversations: { ...state.conversations, [conversation.id]: newer(state.conversations[conversation.id], conversation) },
  }),
  "conversation/removed": (state, { conversationId }) => ({
    ...state,
    conversations: without(state.conversations, conversationId),
    threads: without(state.threads, conversationId),
    openId: state.openId === conversationId ? null : state.openId,
  }),
  "conversation/opened": (state, { conversationId }) =>
    withThread({ ...state, openId: conversationId }, conversationId, (thread) => ({
      ...thread,
      unreadFrom: null,
      unreadUpTo: null,
    })),
  "conversation/closed": (state) => ({ ...state, openId: null }),

  "presence/changed": (state, { userId, online }) => {
    const conversations = mapValues(state.conversations, (conversation) =>
      conversation.participantInfo.id === userId && conversation.participantInfo.online !== online
        ? { ...conversation, participantInfo: { ...conversation.participantInfo, online } }
        : conversation,
    );
    return { ...state, conversations };
  },
  "typing/started": (state, { conversationId, userId }) => withTyping(state, conversationId, (users) => [...new Set([...users, userId])]),
  "typing/stopped": (state, { conversationId, userId }) =>
    withTyping(state, conversationId, (users) => users.filter((user) => user !== userId)),

  "message/arrived": (state, action) => {
    const { message } = action;
    const calm = handlers["typing/stopped"](state, { conversationId: message.conversationId, userId: message.senderId });
    return summarised(onThread(calm, action, message.conversationId), message);
  },
  "marks/read": (state, action) => {
    const changed = onThread(state, action, action.conversationId);
    return action.userId === state.me.id ? recounted(changed, action.conversationId) : changed;
  },
  "marks/delivered": (state, action) => onThread(state, action, action.conversationId),
};
for (const type of [
  "thread/loading",
  "thread/failed",
  "thread/reset",
  "history/loaded",
  "room/joined",
  "message/queued",
  "message/refused",
  "message/retried",
  "message/discarded",
]) {
  handlers[type] = (state, action) => onThread(state, action, action.conversationId);
}

export function threadOf(state, conversationId) {
  return state.threads[conversationId] ?? emptyThread;
}

/** The conversations to show, pinned first, then the latest. */
export function listed(state) {
  const found = state.list.found === null ? null : new Set(state.list.found);
  return Object.values(state.conversations)
    .filter((conversation) => found === null || found.has(conversation.id))
    .sort(
      (a, b) =>
        Number(b.pinned) - Number(a.pinned) || b.lastMessageTime.localeCompare(a.lastMessageTime) || b.id - a.id,
    );
}

/** All that was written and is not stored yet, oldest first. */
export function waitingMessages(state) {
  return Object.entries(state.threads)
    .flatMap(([id, thread]) => Object.values(thread.pending).map((message) => ({ conversationId: Number(id), ...message })))
    .filter((message) => message.state === "sending")
    .sort((a, b) => a.sentAt.localeCompare(b.sentAt));
}

function onThread(state, action, conversationId) {
  return withThread(state, conversationId, (thread) => threadReducer(thread, action, state.me?.id));
}

function withThread(state, conversationId, change) {
  const before = threadOf(state, conversationId);
  const after = change(before);
  return after === before ? state : { ...state, threads: { ...state.threads, [conversationId]: after } };
}

function withList(state, change) {
  return { ...state, list: { ...state.list, ...change } };
}

function withTyping(state, conversationId, change) {
  const before = state.typing[conversationId] ?? [];
  const after = change(before);
  return after.length === before.length ? state : { ...state, typing: { ...state.typing, [conversationId]: after } };
}

/** The list's line of a conversation follows a message of its room, for which the server sends no conversation_updated. */
function summarised(state, message) {
  const conversation = state.conversations[message.conversationId];
  if (conversation === undefined || message.seq < conversation.lastSeq) return state;
  const isNew = message.seq > conversation.lastSeq;
  const counts = isNew && message.senderId !== state.me.id && message.type !== "system" && message.deletedAt === null;
  const changed = {
    ...conversation,
    lastSeq: message.seq,
    lastChange: Math.max(conversation.lastChange, message.change),
    lastMessage: {
      content: [...message.content].slice(0, 100).join(""),
      senderId: message.senderId,
      sentAt: message.sentAt,
    },
    lastMessageTime: message.sentAt,
    unreadCount: conversation.unreadCount + (counts ? 1 : 0),
  };
  return { ...state, conversations: { ...state.conversations, [changed.id]: changed } };
}

function recounted(state, conversationId) {
  const conversation = state.conversations[conversationId];
  if (conversation === undefined) return state;
  const thread = threadOf(state, conversationId);
  const readSeq = thread.participants[state.me.id]?.readSeq ?? 0;
  const unreadCount = Object.values(thread.messages).filter(
    (message) =>
      message.seq > readSeq && message.senderId !== state.me.id && message.type !== "system" && message.deletedAt === null,
  ).length;
  const changed = { ...conversation, unreadCount, markedUnread: false };
  return { ...state, conversations: { ...state.conversations, [conversationId]: changed } };
}

/** An answer or an event that was on its way longer does not take back what is known already. */
function newer(known, told) {
  return known !== undefined && known.lastChange > told.lastChange ? { ...told, ...lastOf(known) } : told;
}

function lastOf({ lastMessage, lastMessageTime, lastSeq, lastChange, unreadCount }) {
  return { lastMessage, lastMessageTime, lastSeq, lastChange, unreadCount };
}

function keepOpen(state) {
  const open = state.conversations[state.openId];
  return open === undefined ? {} : { [open.id]: open };
}

function without(object, key) {
  const { [key]: _, ...rest } = object;
  return rest;
}

function mapValues(object, change) {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));
}
