// One conversation's messages, and how each thing that happens changes them. Pure.

import type { Update } from "./contract";
import { asMessages, mergeMessages } from "./merge";
import { lastAtOrBefore } from "./selectors";
import type { Mark, Message, Position, Thread } from "./types";

export function withHistory(thread: Thread, items: readonly Message[], isStart: boolean): Thread {
  const messages = mergeMessages(thread.messages, items);
  const first = items[0]?.seq ?? null;
  // Nothing before it: the place from which no page comes any more.
  const firstSeq = isStart ? (first ?? messages[0]?.seq ?? thread.lastSeq + 1) : thread.firstSeq;
  return { ...thread, messages, firstSeq, status: "ready", lastSeq: Math.max(thread.lastSeq, items.at(-1)?.seq ?? 0) };
}

/** Of a join's ack or of a sync: pages follow one another from `position`; then what came live meanwhile is counted in. */
export function withUpdate(thread: Thread, update: Update, me: number): Thread {
  const marks = update.participants.reduce(withMarkOf, thread.marks);
  return drained({
    ...thread,
    messages: mergeMessages(thread.messages, asMessages([...update.changes, ...update.messages])),
    participants: Object.fromEntries(update.participants.map((person) => [person.userId, { ...person, ...marks[person.userId] }])),
    marks,
    lastSeq: Math.max(thread.lastSeq, update.lastSeq),
    position: later(thread.position, update.position),
    unreadFrom: thread.unreadFrom ?? marks[me]?.readSeq ?? null,
    unreadUpTo: thread.unreadUpTo ?? update.lastSeq,
  });
}

/** `live`: by an event of the room, which misses nothing; other answers say nothing of what was before them. */
export function withMessages(thread: Thread, messages: readonly Message[], live: boolean): Thread {
  const merged = mergeMessages(thread.messages, messages);
  const lastSeq = Math.max(thread.lastSeq, merged.at(-1)?.seq ?? 0);
  const ahead = { ...thread.ahead };
  // Before the first join there is no place to go on from: its answer is the beginning, and what is behind it drops out.
  if (live) for (const { change, seq } of messages) ahead[change] = seq;
  const next = { ...thread, messages: merged, lastSeq };
  return live ? drained({ ...next, ahead }) : next;
}

export function withMark(thread: Thread, userId: number, mark: Mark): Thread {
  const marks = withMarkOf(thread.marks, { userId, ...mark });
  if (marks === thread.marks) return thread;
  const known = thread.participants[userId];
  if (known === undefined) return { ...thread, marks };
  return { ...thread, marks, participants: { ...thread.participants, [userId]: { ...known, ...marks[userId] } } };
}

/** Something is missing between what was followed and what came live. */
export function hasHole(thread: Thread): boolean {
  return thread.position !== null && Object.keys(thread.ahead).length > 0;
}

/** The highest seq of a message that somebody else wrote, up to `seq`; 0 when there is none. */
export function lastOfOthers(thread: Thread, me: number, seq = Number.MAX_SAFE_INTEGER): number {
  for (let index = lastAtOrBefore(thread.messages, seq); index >= 0; index -= 1) {
    const message = thread.messages[index] as Message;
    if (message.senderId !== me) return message.seq;
  }
  return 0;
}

function later(a: Position | null, b: Position): Position {
  if (a === null || a.change < b.change) return b;
  return a.change === b.change && a.seq < b.seq ? b : a;
}

const UNKNOWN: Mark = { readSeq: -1, deliveredSeq: 0 };

/** Marks never go back. */
function withMarkOf(marks: Thread["marks"], mark: Mark & { userId: number }): Thread["marks"] {
  const known = marks[mark.userId] ?? UNKNOWN;
  const readSeq = Math.max(known.readSeq, mark.readSeq);
  const deliveredSeq = Math.max(known.deliveredSeq, mark.deliveredSeq, readSeq);
  if (readSeq === known.readSeq && deliveredSeq === known.deliveredSeq) return marks;
  return { ...marks, [mark.userId]: { readSeq, deliveredSeq } };
}

/** What came live counts once nothing is missing before it: neither a change, nor a message of a page that is still to come. */
function drained(thread: Thread): Thread {
  if (thread.position === null) return thread;
  let { seq, change } = thread.position;
  const ahead: Record<number, number> = {};
  for (const key of Object.keys(thread.ahead).map(Number).toSorted((a, b) => a - b)) {
    const reached = thread.ahead[key] as number;
    if (key === change + 1 && reached <= seq + 1) [change, seq] = [key, Math.max(seq, reached)];
    else if (key > change) ahead[key] = reached;
  }
  return { ...thread, position: { seq, change }, ahead };
}
