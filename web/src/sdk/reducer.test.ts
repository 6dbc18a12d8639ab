import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { conversation, ID, ME, OTHER, past, participants, snapshot, update, written, type Past } from "./history.fixture";
import { initialState, reduce, type Action } from "./reducer";
import { shownRun, statusOf, threadOf } from "./selectors";
import { hasHole } from "./thread";
import type { Me, OutboxItem, State } from "./types";

const me: Me = { id: ME, externalId: null, username: "me", firstName: "M", lastName: "E", role: "patient", email: null };
const begun = reduce(initialState, { type: "session/known", me });
const run = (actions: readonly Action[], from: State = begun) => actions.reduce(reduce, from);

/** What may come of one past: every change live, replies to one's own sends, pages, updates, marks, lists. */
function deliveries(known: Past, cuts: readonly number[]): Action[] {
  const end = known.versions.length;
  const at = (cut: number) => (cut % end) + 1;
  return [
    ...known.versions.map((message): Action => ({ type: "messages/arrived", messages: [message], live: true })),
    ...known.versions
      .filter(({ senderId }) => senderId === ME)
      .map((message): Action => ({ type: "messages/arrived", messages: [{ ...message, isMine: true } as never], live: false })),
    ...cuts.map((cut): Action => {
      const items = snapshot(known, at(cut)).slice(cut % 3, (cut % 3) + 1 + (cut % 7));
      return { type: "history/loaded", id: ID, items, isStart: items[0]?.seq === 1 };
    }),
    { type: "history/loaded", id: ID, items: known.final, isStart: true },
    ...cuts.map((cut) => update(known, at(cut), Math.max(at(cut), at(cut * 3)))),
    ...cuts.map((cut) => update(known, at(cut), Math.max(at(cut), at(cut * 3)), 1 + (cut % 3))),
    update(known, 0, end),
    ...known.reads.map(({ userId, readSeq }): Action => ({ type: "marks/read", conversationId: ID, userId, readSeq })),
    ...known.reads.map(({ userId, readSeq }): Action => ({ type: "marks/delivered", conversationId: ID, userId, deliveredSeq: readSeq })),
    ...cuts.map((cut): Action => ({ type: "conversations/told", conversations: [conversation(known, at(cut))], asOf: at(cut) })),
    { type: "conversations/told", conversations: [conversation(known, end)], asOf: end },
  ];
}

/** What was unread when the conversation was opened hangs on when that was. */
function compared(state: State): unknown {
  const { unreadFrom: _from, unreadUpTo: _upTo, ...thread } = threadOf(state, ID);
  return { thread, conversation: state.conversations[ID], outbox: state.outbox };
}

const scene = fc
  .tuple(past, fc.array(fc.nat({ max: 1000 }), { maxLength: 6 }))
  .chain(([known, cuts]) => {
    const all = deliveries(known, cuts);
    const shuffled = fc
      .tuple(fc.shuffledSubarray(all, { minLength: all.length }), fc.array(fc.nat(), { maxLength: 10 }))
      .map(([order, again]) => again.reduce((list, index) => list.toSpliced(index % (list.length + 1), 0, all[index % all.length] as Action), order));
    return fc.record({ known: fc.constant(known), a: shuffled, b: shuffled });
  });

describe("in whatever order and however often it comes", () => {
  test("the state is the same", () => {
    fc.assert(
      fc.property(scene, ({ a, b }) => {
        expect(compared(run(a))).toEqual(compared(run(b)));
      }),
      { numRuns: 500 },
    );
  });

  test("the messages are the server's, nothing is missing, and what waited to be sent is gone", () => {
    fc.assert(
      fc.property(scene, ({ known, a }) => {
        const waiting = known.final.filter(({ senderId }) => senderId === ME).map((message) => item(String(message.clientMessageId)));
        const state = run([...waiting.map((one): Action => ({ type: "outbox/added", item: one })), ...a]);
        const thread = threadOf(state, ID);
        expect(shownRun(thread)).toEqual(known.final);
        expect(hasHole(thread)).toBe(false);
        expect(thread.position).toEqual({ seq: known.final.length, change: known.versions.length });
        expect(state.outbox).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  test("unread is what the others wrote after one's own mark", () => {
    fc.assert(
      fc.property(scene, ({ known, a }) => {
        const state = run(a);
        const mine = Math.max(0, ...known.reads.filter(({ userId }) => userId === ME).map(({ readSeq }) => readSeq));
        const unread = known.final.filter(({ seq, senderId, deletedAt }) => seq > mine && senderId === OTHER && deletedAt === null);
        expect(state.conversations[ID]?.unreadCount).toBe(unread.length);
        expect(state.conversations[ID]?.urgentCount).toBe(unread.filter(({ isUrgent }) => isUrgent).length);
      }),
      { numRuns: 300 },
    );
  });

  test("nothing that came is changed in place", () => {
    fc.assert(
      fc.property(scene, ({ a }) => {
        const states = a.reduce((all, action) => [...all, reduce(deepFrozen(all.at(-1) as State), action)], [begun]);
        expect(states.length).toBe(a.length + 1);
      }),
      { numRuns: 50 },
    );
  });
});

test("a message whose predecessor is missing is a hole until it comes", () => {
  const [first, second, third] = [written(1, 1), written(2, 2), written(3, 3)];
  const live = (message: typeof first): Action => ({ type: "messages/arrived", messages: [message], live: true });
  const joined = update({ versions: [first], final: [first], reads: [] }, 0, 1);
  const withHole = run([joined, live(third)]);
  expect(hasHole(threadOf(withHole, ID))).toBe(true);
  expect(shownRun(threadOf(withHole, ID)).map(({ seq }) => seq)).toEqual([3]);
  const filled = run([live(second)], withHole);
  expect(hasHole(threadOf(filled, ID))).toBe(false);
  expect(shownRun(threadOf(filled, ID)).map(({ seq }) => seq)).toEqual([1, 2, 3]);
});

test("what comes live between two pages does not stand for the second one", () => {
  const versions = [1, 2, 3, 4, 5, 6].map((number) => written(number, number));
  const known = { versions, final: versions, reads: [] };
  const live = (message: (typeof versions)[number]): Action => ({ type: "messages/arrived", messages: [message], live: true });
  const opened = run([update(known, 0, 1), update(known, 1, 5, 2)]);
  expect(threadOf(opened, ID).position).toEqual({ seq: 3, change: 5 });
  const between = run([live(versions[5] as (typeof versions)[number])], opened);
  expect(threadOf(between, ID).position).toEqual({ seq: 3, change: 5 });
  expect(hasHole(threadOf(between, ID))).toBe(true);
  const whole = run([update(known, 3, 6)], between);
  expect(threadOf(whole, ID).position).toEqual({ seq: 6, change: 6 });
  expect(hasHole(threadOf(whole, ID))).toBe(false);
  expect(shownRun(threadOf(whole, ID))).toEqual(versions);
});

test("a restored server leaves only what was written here", () => {
  const before = run([
    { type: "outbox/added", item: item("a") },
    { type: "draft/changed", id: ID, draft: { text: "hm" } },
    { type: "messages/arrived", messages: [written(1, 1)], live: true },
    { type: "conversations/told", conversations: [conversation({ versions: [written(1, 1)], final: [], reads: [] }, 1)], asOf: 1 },
  ]);
  const after = run([{ type: "server/restored" }], before);
  expect(threadOf(after, ID).messages).toEqual([]);
  expect(after.conversations).toEqual({});
  expect(after.outbox).toEqual(before.outbox);
  expect(after.drafts).toEqual(before.drafts);
});

test("what was asked for earlier does not undo what was told later", () => {
  const known = { versions: [written(1, 1)], final: [written(1, 1)], reads: [] };
  const muted = { ...conversation(known, 1), muted: true };
  const state = run([
    { type: "conversations/told", conversations: [muted], asOf: 5 },
    { type: "conversations/told", conversations: [conversation(known, 1)], asOf: 4 },
  ]);
  expect(state.conversations[ID]?.muted).toBe(true);
});

test("the status is that of the least advanced of the others", () => {
  const message = written(1, 1, { by: ME });
  const told = update({ versions: [message], final: [message], reads: [] }, 0, 1);
  const read = (userId: number): Action => ({ type: "marks/read", conversationId: ID, userId, readSeq: 1 });
  expect(statusOf(threadOf(run([told]), ID), message, ME)).toBe("sent");
  expect(statusOf(threadOf(run([told, read(ME)]), ID), message, ME)).toBe("sent");
  expect(statusOf(threadOf(run([told, read(OTHER)]), ID), message, ME)).toBe("read");
  expect(participants().length).toBe(2);
});

function item(clientMessageId: string): OutboxItem {
  return {
    clientMessageId,
    conversationId: ID,
    content: "hello",
    type: "text",
    attachments: [],
    files: [],
    gone: [],
    isUrgent: false,
    requiresResponse: false,
    action: null,
    replyToId: null,
    order: 1,
    queuedAt: "2026-01-01T00:00:00.000Z",
    isLostWithPage: false,
    status: "waiting",
    code: null,
  };
}

function deepFrozen<Value>(value: Value): Value {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFrozen(inner);
  }
  return value;
}
