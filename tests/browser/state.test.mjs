// The page's reducer: whatever comes twice, late or out of order, what is shown is the same.

import assert from "node:assert/strict";
import { test } from "node:test";

import { initialState, listed, reduce, waitingMessages } from "../../web/page/state.js";
import { inOrder, statusOf } from "../../web/page/thread.js";

const ME = 1;
const OTHER = 2;
const ROOM = 7;

function message(seq, more = {}) {
  return {
    id: 100 + seq,
    conversationId: ROOM,
    seq,
    change: seq,
    clientMessageId: null,
    senderId: OTHER,
    type: "text",
    content: `number ${seq}`,
    status: "sent",
    sentAt: `2026-11-03T10:00:${String(seq).padStart(2, "0")}.000Z`,
    editedAt: null,
    deletedAt: null,
    ...more,
  };
}

function conversation(more = {}) {
  return {
    id: ROOM,
    pinned: false,
    lastMessageTime: "2026-11-03T09:00:00.000Z",
    lastMessage: null,
    lastSeq: 0,
    lastChange: 0,
    unreadCount: 0,
    participantInfo: { id: OTHER, online: false },
    ...more,
  };
}

function update(more = {}) {
  const participants = [ME, OTHER].map((userId) => ({ userId, readSeq: 0, deliveredSeq: 0 }));
  return { conversationId: ROOM, messages: [], changes: [], position: { seq: 0, change: 0 }, lastSeq: 0, participants, ...more };
}

function after(...actions) {
  const start = [
    { type: "session/started", user: { id: ME } },
    { type: "list/loaded", items: [conversation()], next: null, query: "", append: false },
    { type: "conversation/opened", conversationId: ROOM },
    { type: "room/joined", conversationId: ROOM, update: update() },
  ];
  return [...start, ...actions].reduce(reduce, initialState);
}

const arrived = (one, live = true) => ({ type: "message/arrived", message: one, live });
const thread = (state) => state.threads[ROOM];
const shown = (state) => inOrder(thread(state)).confirmed.map((one) => one.content);

test("an echo, an ack and the history are one message", () => {
  const one = message(1);
  const page = { type: "history/loaded", conversationId: ROOM, items: [one], hasMore: false, older: false };
  const state = after(arrived(one), arrived(one, false), page, arrived(one));
  assert.deepEqual(shown(state), ["number 1"]);
  assert.equal(state.conversations[ROOM].unreadCount, 1);
});

test("what waits goes when its message arrives, by any way and with another id", () => {
  const queued = { type: "message/queued", conversationId: ROOM, clientMessageId: "c", content: "hi", at: "2026-11-03T10:00:00.000Z" };
  const waiting = after(queued);
  assert.deepEqual(waitingMessages(waiting).map((one) => [one.conversationId, one.content]), [[ROOM, "hi"]]);
  const stored = reduce(waiting, arrived(message(1, { senderId: ME, clientMessageId: "c", content: "hi" })));
  assert.deepEqual(waitingMessages(stored), []);
  assert.deepEqual(shown(stored), ["hi"]);
});

test("a refused message stays until it is retried or thrown away", () => {
  const queued = { type: "message/queued", conversationId: ROOM, clientMessageId: "c", content: "hi", at: "2026-11-03T10:00:00.000Z" };
  const about = { conversationId: ROOM, clientMessageId: "c" };
  const refused = after(queued, { type: "message/refused", code: "FORBIDDEN", ...about });
  assert.deepEqual(waitingMessages(refused), []);
  assert.equal(thread(refused).pending.c.code, "FORBIDDEN");
  assert.equal(waitingMessages(reduce(refused, { type: "message/retried", ...about })).length, 1);
  assert.deepEqual(thread(reduce(refused, { type: "message/discarded", ...about })).pending, {});
});

test("an older version never replaces a newer one", () => {
  const edited = message(1, { change: 2, content: "edited" });
  assert.deepEqual(shown(after(arrived(edited), arrived(message(1)))), ["edited"]);
});

test("the position moves over what has no hole before it", () => {
  const holed = after(arrived(message(1)), arrived(message(3)));
  assert.deepEqual(thread(holed).position, { seq: 1, change: 1 });
  assert.deepEqual(Object.keys(thread(holed).ahead), ["3"]);
  const whole = reduce(holed, arrived(message(2)));
  assert.deepEqual(thread(whole).position, { seq: 3, change: 3 });
  assert.deepEqual(thread(whole).ahead, {});
});

test("an answer to a hole closes it, and what came live meanwhile counts", () => {
  const holed = after(arrived(message(1)), arrived(message(4)));
  const page = update({ messages: [message(2), message(3)], position: { seq: 3, change: 3 }, lastSeq: 4 });
  const whole = reduce(holed, { type: "room/joined", conversationId: ROOM, update: page });
  assert.deepEqual(thread(whole).position, { seq: 4, change: 4 });
  assert.deepEqual(shown(whole), ["number 1", "number 2", "number 3", "number 4"]);
});

test("a history that does not touch what is there replaces it: no silent hole", () => {
  const page = { type: "history/loaded", conversationId: ROOM, items: [message(8), message(9)], hasMore: true, older: false };
  const state = after(arrived(message(1)), arrived(message(2)), page);
  assert.deepEqual(shown(state), ["number 8", "number 9"]);
  assert.equal(thread(state).hasOlder, true);
});

test("ticks follow the least advanced of the others and never go back", () => {
  const mine = message(1, { senderId: ME });
  const status = (state) => statusOf(thread(state), mine, ME);
  const sent = after(arrived(mine));
  assert.equal(status(sent), "sent");
  const delivered = reduce(sent, { type: "marks/delivered", conversationId: ROOM, userId: OTHER, deliveredSeq: 1 });
  assert.equal(status(delivered), "delivered");
  const read = reduce(delivered, { type: "marks/read", conversationId: ROOM, userId: OTHER, readSeq: 1 });
  assert.equal(status(read), "read");
  assert.equal(status(reduce(read, { type: "marks/read", conversationId: ROOM, userId: OTHER, readSeq: 0 })), "read");
});

test("reading takes the badge away, and only what was read", () => {
  const two = after(arrived(message(1)), arrived(message(2)));
  assert.equal(two.conversations[ROOM].unreadCount, 2);
  const one = reduce(two, { type: "marks/read", conversationId: ROOM, userId: ME, readSeq: 1 });
  assert.equal(one.conversations[ROOM].unreadCount, 1);
});

test("pinned first, then the latest, and only what was found", () => {
  const items = [
    conversation({ id: 1, lastMessageTime: "2026-11-01T00:00:00.000Z" }),
    conversation({ id: 2, lastMessageTime: "2026-11-03T00:00:00.000Z" }),
    conversation({ id: 3, lastMessageTime: "2026-11-02T00:00:00.000Z", pinned: true }),
  ];
  const loaded = { type: "list/loaded", items, next: null, query: "", append: false };
  const state = [{ type: "session/started", user: { id: ME } }, loaded].reduce(reduce, initialState);
  assert.deepEqual(listed(state).map((one) => one.id), [3, 2, 1]);
  const asked = reduce(state, { type: "list/asked", query: "x" });
  const late = reduce(asked, { ...loaded, items: [items[0]], query: "older question" });
  assert.equal(late, asked);
  const found = reduce(asked, { ...loaded, items: [items[0]], query: "x" });
  assert.deepEqual(listed(found).map((one) => one.id), [1]);
});

test("an action that nobody knows is a mistake", () => {
  assert.throws(() => reduce(initialState, { type: "no/such" }), /no such action/);
});
