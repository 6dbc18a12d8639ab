// What the parts of the pane speak of.

import type { Message as SdkMessage, OutboxItem } from "@/sdk/types";

export type Message = SdkMessage;
/** What a reply answers, as it was when the reply was fetched. */
export type Quote = NonNullable<Message["replyTo"]>;

export type Status = "waiting" | "sending" | "notSent" | "refused" | "sent" | "delivered" | "read";

/** One message on the screen: confirmed by the server, or still in the outbox. */
export type Said = { kind: "message"; message: Message } | { kind: "waiting"; item: OutboxItem };

export interface Bubble {
  /** The first one that is loaded moves nearer to what comes above it: no place to hold on to. */
  isLoose: boolean;
  kind: "bubble";
  key: string;
  estimate: number;
  said: Said;
  isMine: boolean;
  /** First and last of what one person said in a row. */
  isFirst: boolean;
  isLast: boolean;
  /** Of one's own messages only. */
  status: Status | null;
  /** What it answers, as that is now. */
  quote: Quote | null;
}

export interface Day {
  isLoose: true;
  kind: "day";
  key: string;
  estimate: number;
  iso: string;
}

export interface UnreadLine {
  isLoose: true;
  kind: "unread";
  key: string;
  estimate: number;
  /** Null as long as not all of them are loaded. */
  count: number | null;
}

export interface Beginning {
  isLoose: true;
  kind: "beginning";
  key: string;
  estimate: number;
}

export type HistoryRow = Bubble | Day | UnreadLine | Beginning;
