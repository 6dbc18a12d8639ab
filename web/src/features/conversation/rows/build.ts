// From what is known of a conversation to the rows on the screen. Rows that mean the same stay the same object, so that a
// message more costs a bubble more, whatever the length of the history.

import type { OutboxItem } from "@/sdk/types";
import { lastAtOrBefore } from "@/sdk/selectors";
import { dayKey } from "@/i18n";
import type { Bubble, HistoryRow, Message, Said, Status } from "../types";
import { quoteFrom, quoteOf, sameQuote } from "./quotes";

/** How far the least advanced of the others is. */
export interface Marks {
  readSeq: number;
  deliveredSeq: number;
}

export interface Known {
  messages: readonly Message[];
  waiting: readonly OutboxItem[];
  me: number;
  marks: Marks;
  /** What was unread when one came: after the first, up to the second. */
  unread: { from: number; upTo: number } | null;
  /** Nothing is before the first of `messages`. */
  isWhole: boolean;
}

type About = Pick<Bubble, "isLoose" | "isMine" | "isFirst" | "isLast" | "status" | "quote">;

const TOGETHER_MS = 5 * 60_000;
const LINE = 22;

/** What was built last: where the rows of each message begin tells how much of it can be taken over. */
interface Built {
  known: Known;
  rows: HistoryRow[];
  begins: number[];
}

export class RowBuilder {
  #last: Built | null = null;
  readonly #times = new WeakMap<Message, { day: string; at: number }>();

  build(known: Known): HistoryRow[] {
    const { messages, waiting, me, unread, isWhole } = known;
    const kept = this.#kept(known);
    const last = this.#last;
    const keptRows = last?.begins[kept] ?? 0;
    const rows = last === null || kept === 0 ? [] : last.rows.slice(0, keptRows);
    const begins = last === null ? [] : last.begins.slice(0, kept);
    const before = bubblesOf(last?.rows ?? [], kept === 0 ? 0 : keptRows);
    if (isWhole && messages.length > 0 && kept === 0) rows.push({ isLoose: true, kind: "beginning", key: "beginning", estimate: 48 });
    const isUnread = (message: Message) =>
      unread !== null && message.seq > unread.from && message.seq <= unread.upTo && counts(message, me);
    const unreadCount = () => ((messages.at(-1)?.seq ?? 0) < (unread?.upTo ?? 0) ? null : messages.filter(isUnread).length);
    const line = rows.findIndex((row) => row.kind === "unread");
    if (line !== -1) rows[line] = { isLoose: true, kind: "unread", key: "unread", estimate: 44, count: unreadCount() };
    let isMarked = unread === null || line !== -1;
    let previous = messages[kept - 1] ?? null;
    let isTogether = previous !== null && messages[kept] !== undefined && this.#belongTogether(previous, messages[kept]);
    for (let index = kept; index < messages.length; index++) {
      const message = messages[index] as Message;
      begins.push(rows.length);
      const { day } = this.#timeOf(message);
      if (previous === null || this.#timeOf(previous).day !== day) {
        rows.push({ isLoose: true, kind: "day", key: `day ${day}`, estimate: 44, iso: message.sentAt });
      }
      const isMarking = !isMarked && isUnread(message);
      if (isMarking) rows.push({ isLoose: true, kind: "unread", key: "unread", estimate: 44, count: unreadCount() });
      isMarked ||= isMarking;
      const next = messages[index + 1];
      const goesOn = next !== undefined && this.#belongTogether(message, next);
      const isMine = message.senderId === me;
      rows.push(
        bubble(before, keyOf(message), { kind: "message", message }, {
          isLoose: index === 0 && !isWhole,
          isMine,
          isFirst: isMarking || !isTogether,
          isLast: !goesOn,
          status: isMine && message.type !== "system" ? statusOf(message, known.marks) : null,
          quote: quoteOf(message, messages),
        }),
      );
      previous = message;
      isTogether = goesOn;
    }
    this.#last = { known, rows: rows.slice(), begins };
    for (const [index, item] of waiting.entries()) {
      const isFirst = index === 0 && previous?.senderId !== me;
      const quote = item.replyToId === null ? null : quoteFrom(messages.find(({ id }) => id === item.replyToId));
      const about = { isLoose: false, isMine: true, isFirst, isLast: index === waiting.length - 1, status: item.status, quote };
      rows.push(bubble(before, item.clientMessageId, { kind: "waiting", item }, about));
    }
    return rows;
  }

  /** So many messages of the last time stand as they stood. The last of them may be followed by another one now. */
  #kept(known: Known): number {
    const before = this.#last?.known;
    if (before === undefined || before.me !== known.me || before.isWhole !== known.isWhole || before.unread !== known.unread) return 0;
    const stands = lastAtOrBefore(known.messages, sameUpTo(before.marks, known.marks)) + 1;
    const most = Math.min(before.messages.length, known.messages.length, stands);
    let same = 0;
    while (same < most && before.messages[same] === known.messages[same]) same += 1;
    return Math.max(0, same - 1);
  }

  #belongTogether(first: Message, second: Message): boolean {
    if (first.senderId !== second.senderId || first.type === "system" || second.type === "system") return false;
    const [before, after] = [this.#timeOf(first), this.#timeOf(second)];
    return before.day === after.day && after.at - before.at < TOGETHER_MS;
  }

  /** Read once a message: dates are slow. */
  #timeOf(message: Message): { day: string; at: number } {
    let time = this.#times.get(message);
    if (time === undefined) {
      time = { day: dayKey(message.sentAt), at: Date.parse(message.sentAt) };
      this.#times.set(message, time);
    }
    return time;
  }
}

/** Ticks change only after where the marks were. */
function sameUpTo(before: Marks, now: Marks): number {
  const read = before.readSeq === now.readSeq ? Number.MAX_SAFE_INTEGER : Math.min(before.readSeq, now.readSeq);
  const delivered = before.deliveredSeq === now.deliveredSeq ? Number.MAX_SAFE_INTEGER : Math.min(before.deliveredSeq, now.deliveredSeq);
  return Math.min(read, delivered);
}

function bubblesOf(rows: readonly HistoryRow[], from: number): Map<string, Bubble> {
  const found = new Map<string, Bubble>();
  for (let index = from; index < rows.length; index++) {
    const row = rows[index];
    if (row?.kind === "bubble") found.set(row.key, row);
  }
  return found;
}

function bubble(before: Map<string, Bubble>, key: string, said: Said, about: About): Bubble {
  const known = before.get(key);
  const isSame =
    known !== undefined &&
    saysTheSame(known.said, said) &&
    known.status === about.status &&
    known.isLoose === about.isLoose &&
    known.isFirst === about.isFirst &&
    known.isLast === about.isLast &&
    sameQuote(known.quote, about.quote);
  return isSame ? known : { kind: "bubble", key, said, estimate: estimate(said), ...about };
}

/** The bubble that was there before the answer came stays the same row. */
function keyOf(message: Message): string {
  return message.clientMessageId ?? `m${message.id}`;
}

function saysTheSame(a: Said, b: Said): boolean {
  if (a.kind === "message") return b.kind === "message" && a.message === b.message;
  return b.kind === "waiting" && a.item === b.item;
}

function statusOf(message: Message, { readSeq, deliveredSeq }: Marks): Status {
  if (message.status === "read" || readSeq >= message.seq) return "read";
  return message.status === "delivered" || deliveredSeq >= message.seq ? "delivered" : "sent";
}

/** Whether a message is one to read: of somebody else, and still there. */
export function counts(message: Message, me: number): boolean {
  return message.senderId !== me && message.type !== "system" && message.deletedAt === null;
}

/** A guess that is near for most; the real height is measured when the row is on the screen. */
function estimate(said: Said): number {
  const { content, attachments } = said.kind === "message" ? said.message : said.item;
  const text = typeof content === "string" ? content : "";
  const lines = text.split("\n").reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / 60)), 0);
  const pictures = attachments.some((file) => file.hasThumbnail) ? 200 : 0;
  return 34 + (text === "" ? 0 : lines * LINE) + pictures + (attachments.length > 0 && pictures === 0 ? attachments.length * 60 : 0);
}
