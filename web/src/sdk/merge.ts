// Messages are keyed by seq. The echo, the ack, the REST reply and a second look at the history are all the same message;
// in whatever order and however often they come, the outcome is one.

import type * as contract from "./contract";
import { lastAtOrBefore } from "./selectors";
import type { Message, MessageStatus } from "./types";

/** The contract leaves open which keys are always there; the server leaves none out. */
export function asMessages(messages: readonly contract.Message[]): Message[] {
  return messages as unknown as Message[];
}

const RANK: Record<MessageStatus, number> = { sent: 0, delivered: 1, read: 2 };

/** `known` and `news` by seq, ascending. The same object as `known` when nothing is new. */
export function mergeMessages(known: readonly Message[], news: readonly Message[]): readonly Message[] {
  if (news.length === 0) return known;
  const sorted = bySeq(news);
  const first = sorted[0] as Message;
  const last = known.at(-1);
  if (last === undefined || last.seq < first.seq) return known.concat(sorted);
  const from = lastAtOrBefore(known, first.seq - 1) + 1;
  const tail = zipped(known.slice(from), sorted);
  return tail === null ? known : known.slice(0, from).concat(tail);
}

/** Null when all of `news` is known. */
function zipped(known: readonly Message[], news: readonly Message[]): Message[] | null {
  const result: Message[] = [];
  let changed = false;
  let next = 0;
  for (const message of known) {
    for (let item = news[next]; item !== undefined && item.seq < message.seq; item = news[++next]) {
      result.push(item);
      changed = true;
    }
    const same = news[next]?.seq === message.seq ? (news[next++] as Message) : null;
    const merged = same === null ? message : mergeOne(message, same);
    changed ||= merged !== message;
    result.push(merged);
  }
  changed ||= next < news.length;
  result.push(...news.slice(next));
  return changed ? result : null;
}

/** Sorted, and each once. */
function bySeq(messages: readonly Message[]): Message[] {
  const result: Message[] = [];
  for (const message of messages.map(plain).toSorted((a, b) => a.seq - b.seq)) {
    const last = result.at(-1);
    if (last?.seq === message.seq) result[result.length - 1] = mergeOne(last, message);
    else result.push(message);
  }
  return result;
}

/** The later text, and the furthest that any of the two says it got. */
export function mergeOne(a: Message, b: Message): Message {
  const later = b.change > a.change ? b : a;
  const status = RANK[b.status] > RANK[a.status] ? b.status : a.status;
  const isRead = a.isRead || b.isRead;
  const deliveredAt = earlier(a.deliveredAt, b.deliveredAt);
  const readAt = earlier(a.readAt, b.readAt);
  const isSame =
    later.status === status && later.isRead === isRead && later.deliveredAt === deliveredAt && later.readAt === readAt;
  return isSame ? later : { ...later, status, isRead, deliveredAt, readAt };
}

function earlier(a: string | null, b: string | null): string | null {
  if (a === null || b === null) return a ?? b;
  return a < b ? a : b;
}

/** REST says `isMine` too, events do not: it follows from `senderId`. */
function plain(message: Message & { isMine?: boolean }): Message {
  if (!("isMine" in message)) return message;
  const { isMine: _, ...rest } = message;
  return rest;
}
