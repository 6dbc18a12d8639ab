// From what is known of a conversation to the rows on the screen. Rows that mean the same stay the same object, so that a
// message more costs a bubble more, whatever the length of the history.

import type { OutboxItem } from "@/sdk/types";
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

type About = Pick<Bubble, "isMine" | "isFirst" | "isLast" | "status" | "quote">;

const TOGETHER_MS = 5 * 60_000;
const LINE = 22;

export class RowBuilder {
  #bubbles = new Map<string, Bubble>();
  readonly #days = new WeakMap<Message, string>();

  build({ messages, waiting, me, marks, unread, isWhole }: Known): HistoryRow[] {
    const rows: HistoryRow[] = [];
    const before = this.#bubbles;
    this.#bubbles = new Map();
    if (isWhole && messages.length > 0) rows.push({ kind: "beginning", key: "beginning", estimate: 48 });
    let day = "";
    let isMarked = unread === null;
    const isUnread = (message: Message) =>
      unread !== null && message.seq > unread.from && message.seq <= unread.upTo && counts(message, me);
    let previous: Message | null = null;
    for (let index = 0; index < messages.length; index++) {
      const message = messages[index] as Message;
      const today = this.#dayOf(message);
      const isNewDay = today !== day;
      if (isNewDay) rows.push({ kind: "day", key: `day ${today}`, estimate: 44, iso: message.sentAt });
      day = today;
      const begins = !isMarked && isUnread(message);
      if (begins) rows.push({ kind: "unread", key: "unread", estimate: 44, count: messages.filter(isUnread).length });
      isMarked ||= begins;
      const next = messages[index + 1];
      const isMine = message.senderId === me;
      rows.push(
        this.#bubble(before, keyOf(message), { kind: "message", message }, {
          isMine,
          isFirst: isNewDay || begins || !belongTogether(previous, message),
          isLast: !belongTogether(message, next ?? null) || (next !== undefined && this.#dayOf(next) !== today),
          status: isMine && message.type !== "system" ? statusOf(message, marks) : null,
          quote: quoteOf(message, messages),
        }),
      );
      previous = message;
    }
    for (const [index, item] of waiting.entries()) {
      const isFirst = index === 0 && previous?.senderId !== me;
      const quote = item.replyToId === null ? null : quoteFrom(messages.find(({ id }) => id === item.replyToId));
      const about = { isMine: true, isFirst, isLast: index === waiting.length - 1, status: item.status, quote };
      rows.push(this.#bubble(before, item.clientMessageId, { kind: "waiting", item }, about));
    }
    return rows;
  }

  #bubble(before: Map<string, Bubble>, key: string, said: Said, about: About): Bubble {
    const known = before.get(key);
    const isSame =
      known !== undefined &&
      saysTheSame(known.said, said) &&
      known.status === about.status &&
      known.isFirst === about.isFirst &&
      known.isLast === about.isLast &&
      sameQuote(known.quote, about.quote);
    const bubble: Bubble = isSame ? known : { kind: "bubble", key, said, estimate: estimate(said), ...about };
    this.#bubbles.set(key, bubble);
    return bubble;
  }

  #dayOf(message: Message): string {
    let day = this.#days.get(message);
    if (day === undefined) {
      day = dayKey(message.sentAt);
      this.#days.set(message, day);
    }
    return day;
  }
}

/** The bubble that was there before the answer came stays the same row. */
function keyOf(message: Message): string {
  return message.clientMessageId ?? `m${message.id}`;
}

function saysTheSame(a: Said, b: Said): boolean {
  if (a.kind === "message") return b.kind === "message" && a.message === b.message;
  return b.kind === "waiting" && a.item === b.item;
}

function belongTogether(first: Message | null, second: Message | null): boolean {
  if (first === null || second === null || first.senderId !== second.senderId) return false;
  if (first.type === "system" || second.type === "system") return false;
  return Date.parse(second.sentAt) - Date.parse(first.sentAt) < TOGETHER_MS;
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
