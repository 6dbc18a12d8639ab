// What the client knows. Shapes of the server's own come from its contract; the rest is described here.

import type * as contract from "./contract";

export type { ErrorCode } from "./contract";
export type Role = "patient" | "medecin" | "mentor" | "member" | "admin";
export type Language = "fr" | "en";

export type Me = contract.OwnUser & { role: Role };
/** Somebody one may talk to; `conversationId` when there is a conversation already. */
export type Person = contract.Person;
export type Attachment = contract.Attachment;
export type Reaction = contract.Reaction;
export type Quote = contract.Quote;
export type Notification = contract.Notification;
/** How far a participant is. */
export type Participant = contract.ParticipantState;
export type Conversation = Required<contract.Conversation>;
export type SystemContent = contract.SystemContent;
export type Stats = contract.Stats;
export type Limits = Required<contract.Limits>;
/** What this server has besides conversations. */
export type Features = contract.Features;

/** As the server tells it. `content` is an object for type `system` only: its text is for the client to say. */
export type Message = Omit<Required<contract.Message>, "content"> & { content: string | SystemContent };
export type MessageType = Message["type"];
export type MessageStatus = Message["status"];

export interface Presence {
  userId: number;
  online: boolean;
  lastSeenAt: string | null;
}

/**
 * `connecting`: the first one, or again after an outage; `offline`: not now, it is tried again; `ended`: not any more.
 * `since`: when this began, in milliseconds since 1970, so that a short break can go unsaid.
 */
export interface Connection {
  status: "connecting" | "online" | "offline" | "ended";
  since: number;
  endedBecause: EndedBecause | null;
}

export type EndedBecause = "signed_out" | "expired" | "revoked" | "too_many" | "another_user" | "idle" | "idle_unsent";

/** A file that goes with a message and is not on the server yet. `progress` runs from 0 to 1. */
export interface OutboxFile {
  id: string;
  name: string;
  mediaType: string;
  size: number;
  progress: number;
}

/**
 * A message that the server has not confirmed.
 * `waiting`: no connection or others before it; `sending`: on its way; `notSent`: no answer for 30 s, and nothing of a file
 * got through, it is still tried whenever there is a connection; `refused`: the server said no (`code`), it stays until it is retried or deleted.
 */
export interface OutboxItem {
  clientMessageId: string;
  conversationId: number;
  content: string;
  type: Exclude<MessageType, "system">;
  attachments: Attachment[];
  files: OutboxFile[];
  /** Those of its files that are on the server, as they were chosen. */
  gone: OutboxFile[];
  isUrgent: boolean;
  requiresResponse: boolean;
  action: string | null;
  replyToId: number | null;
  order: number;
  queuedAt: string;
  status: "waiting" | "sending" | "notSent" | "refused";
  code: contract.ErrorCode | null;
  /** The browser keeps nothing, or has no room left for it: it goes out as long as the page is open. */
  isLostWithPage: boolean;
}

/** What a person sends. `files` are uploaded on the way, `attachments` were before. */
export interface NewMessage {
  content: string;
  type?: OutboxItem["type"];
  attachments?: Attachment[];
  files?: File[];
  isUrgent?: boolean;
  requiresResponse?: boolean;
  action?: string | null;
  replyToId?: number | null;
  /** The draft of its conversation is kept until it lies in the outbox, and no longer. */
  isDraft?: boolean;
}

/** What was typed in a conversation and not sent; kept in this browser until it is, or until one signs out. */
export interface Draft {
  text: string;
  isUrgent?: boolean;
  requiresResponse?: boolean;
  replyToId?: number | null;
  /** What that message said: it may be far from what is loaded when one comes back. */
  replyTo?: Message["replyTo"];
}

export interface Recording {
  file: File;
  seconds: number;
}

/** Files and a recording that go with no message yet; kept in this browser as drafts are. */
export interface Chosen {
  files: readonly File[];
  recording: Recording | null;
  /** The browser keeps it not yet, or not at all: it lays nothing down, or has no room. */
  isLostWithPage: boolean;
}

export interface Mark {
  /** −1: it was not told yet. */
  readSeq: number;
  deliveredSeq: number;
}

export interface Position {
  seq: number;
  change: number;
}

/** What is known of one conversation's messages. */
export interface Thread {
  status: "new" | "loading" | "ready" | "failed";
  /** By seq, ascending; there may be holes between what was loaded around different places. */
  messages: readonly Message[];
  /** Who takes part, and how far each of them is. */
  participants: Readonly<Record<number, Participant>>;
  /** How far everybody is of whom it was told; a mark may come before it is known who takes part. */
  marks: Readonly<Record<number, Mark>>;
  /** From where to resume; null until the server told it. */
  position: Position | null;
  /** What came live before its predecessors: change → seq. */
  ahead: Readonly<Record<number, number>>;
  lastSeq: number;
  /** Nothing is before this seq. */
  firstSeq: number | null;
  /** The place looked at: the run of messages that contains this seq; null: the latest. */
  anchor: number | null;
  /** What was unread when it was opened: after the first, up to the second. */
  unreadFrom: number | null;
  unreadUpTo: number | null;
}

/** `GET /api/messaging/conversations`; `q` looks in names, `status: "all"` (the default) is everything. */
export interface ListQuery {
  status?: "active" | "archived" | "closed" | "all";
  kind?: "care" | "contextual" | "mentoring";
  q?: string;
  urgent?: boolean;
  awaitingReply?: boolean;
  sort?: "activity" | "urgent";
}

export interface List {
  query: ListQuery;
  status: "loading" | "ready" | "failed";
  /** As they were told; `listed` puts them in order. */
  ids: readonly number[];
  next: string | null;
}

/** As the server told it at a time of this client's own clock: what was asked for earlier does not undo what came later. */
export interface Told {
  conversation: Conversation;
  asOf: number;
}

export interface State {
  me: Me | null;
  connection: Connection;
  /** A word that changes when the server was restored from a backup; everything known is asked for anew then. */
  epoch: string | null;
  limits: Limits;
  features: Features;
  unreadCount: number;
  /** What follows from `told` and the messages that are known. */
  conversations: Readonly<Record<number, Conversation>>;
  told: Readonly<Record<number, Told>>;
  /** By the key of their query. */
  lists: Readonly<Record<string, List>>;
  threads: Readonly<Record<number, Thread>>;
  /** Users that are typing, by conversation. */
  typing: Readonly<Record<number, readonly number[]>>;
  presence: Readonly<Record<number, Presence>>;
  outbox: readonly OutboxItem[];
  drafts: Readonly<Record<number, Draft>>;
  chosen: Readonly<Record<number, Chosen>>;
  stats: Stats | null;
  /** Conversations one has no part in any more, or that never were. */
  gone: readonly number[];
}
