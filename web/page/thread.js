// One conversation's messages: what the server confirmed, what waits to be sent, and how far all of it has been followed.

export const emptyThread = Object.freeze({
  status: "new",
  messages: {},
  pending: {},
  hasOlder: false,
  // From where to resume; null until a join told it. `ahead` holds what came before its predecessors: {change: seq}.
  position: null,
  ahead: {},
  participants: {},
  // What was unread when it was opened: after the first seq, up to the second.
  unreadFrom: null,
  unreadUpTo: null,
});

export function threadReducer(thread, action, me) {
  return (handlers[action.type] ?? (() => thread))(thread, action, me);
}

const handlers = {
  "thread/loading": (thread) => ({ ...thread, status: "loading" }),
  "thread/failed": (thread) => ({ ...thread, status: "failed" }),
  "thread/reset": (thread) => ({ ...emptyThread, pending: thread.pending, participants: thread.participants }),

  "history/loaded": (thread, { items, hasMore, older }) => {
    const merged = merge(thread, items);
    const kept = older ? merged.messages : latestRun(merged.messages);
    const wasWhole = !older && Object.keys(thread.messages).length > 0 && sizeOf(kept) === sizeOf(merged.messages);
    return { ...merged, messages: kept, status: "ready", hasOlder: wasWhole ? thread.hasOlder : hasMore };
  },

  // Of a join's ack or of a sync: pages follow one another from `position`; then what came live meanwhile is counted in.
  "room/joined": (thread, { update }, me) => {
    const participants = Object.fromEntries(update.participants.map((person) => [person.userId, person]));
    const merged = merge(thread, [...update.changes, ...update.messages]);
    const unreadFrom = thread.unreadFrom ?? participants[me]?.readSeq ?? null;
    const unreadUpTo = thread.unreadUpTo ?? update.lastSeq;
    return drained({ ...merged, participants, unreadFrom, unreadUpTo, position: update.position });
  },

  "message/arrived": (thread, { message, live }) => {
    const merged = merge(thread, [message]);
    if (!live || thread.position === null || message.change <= thread.position.change) return merged;
    return drained({ ...merged, ahead: { ...thread.ahead, [message.change]: message.seq } });
  },

  "message/queued": (thread, { clientMessageId, content, at }) => ({
    ...thread,
    pending: { ...thread.pending, [clientMessageId]: { clientMessageId, content, sentAt: at, state: "sending", code: null } },
  }),
  "message/refused": (thread, action) => withPending(thread, action, { state: "failed", code: action.code }),
  "message/retried": (thread, action) => withPending(thread, action, { state: "sending", code: null }),
  "message/discarded": (thread, { clientMessageId }) => withoutPending(thread, [clientMessageId]),

  "marks/read": (thread, { userId, readSeq }) =>
    withMarks(thread, userId, (marks) => ({
      readSeq: Math.max(marks.readSeq, readSeq),
      deliveredSeq: Math.max(marks.deliveredSeq, readSeq),
    })),
  "marks/delivered": (thread, { userId, deliveredSeq }) =>
    withMarks(thread, userId, (marks) => ({ deliveredSeq: Math.max(marks.deliveredSeq, deliveredSeq) })),
};

/** Confirmed messages by seq, then what waits, oldest first. */
export function inOrder(thread) {
  const confirmed = Object.values(thread.messages).sort((a, b) => a.seq - b.seq);
  const waiting = Object.values(thread.pending).sort((a, b) => a.sentAt.localeCompare(b.sentAt));
  return { confirmed, waiting };
}

/** sent, delivered or read: that of the least advanced of the others, as told last. */
export function statusOf(thread, message, me) {
  const others = Object.values(thread.participants).filter((person) => person.userId !== me);
  const all = (key) => others.length > 0 && others.every((person) => person[key] >= message.seq);
  if (message.status === "read" || all("readSeq")) return "read";
  return message.status === "delivered" || all("deliveredSeq") ? "delivered" : "sent";
}

export function lastSeqOfOthers(thread, me) {
  return Object.values(thread.messages).reduce(
    (last, message) => (message.senderId !== me && message.seq > last ? message.seq : last),
    0,
  );
}

function merge(thread, items) {
  if (items.length === 0) return thread;
  const messages = { ...thread.messages };
  for (const message of items) {
    const known = messages[message.id];
    if (known === undefined || message.change >= known.change) messages[message.id] = message;
  }
  return withoutPending({ ...thread, messages }, items.map((message) => message.clientMessageId));
}

/** After a hole only what is newer than it: the rest can be loaded again. */
function latestRun(messages) {
  const sorted = Object.values(messages).sort((a, b) => b.seq - a.seq);
  const end = sorted.findIndex((message, index) => index > 0 && sorted[index - 1].seq - message.seq > 1);
  return end === -1 ? messages : Object.fromEntries(sorted.slice(0, end).map((message) => [message.id, message]));
}

function drained(thread) {
  let { seq, change } = thread.position;
  const ahead = {};
  for (const key of Object.keys(thread.ahead).map(Number).sort((a, b) => a - b)) {
    if (key > change + 1) ahead[key] = thread.ahead[key];
    else if (key === change + 1) [change, seq] = [key, Math.max(seq, thread.ahead[key])];
  }
  return { ...thread, position: { seq, change }, ahead };
}

function withMarks(thread, userId, change) {
  const marks = thread.participants[userId] ?? { userId, readSeq: 0, deliveredSeq: 0 };
  return { ...thread, participants: { ...thread.participants, [userId]: { ...marks, ...change(marks) } } };
}

function withPending(thread, { clientMessageId }, change) {
  const message = thread.pending[clientMessageId];
  if (message === undefined) return thread;
  return { ...thread, pending: { ...thread.pending, [clientMessageId]: { ...message, ...change } } };
}

function withoutPending(thread, clientMessageIds) {
  const gone = clientMessageIds.filter((id) => id !== null && id in thread.pending);
  if (gone.length === 0) return thread;
  const pending = { ...thread.pending };
  for (const id of gone) delete pending[id];
  return { ...thread, pending };
}

function sizeOf(object) {
  return Object.keys(object).length;
}
