// A made-up conversation: what a server would hold, and every way in which a client may come to know of it.

import fc from "fast-check";
import type { Action } from "./reducer";
import type { Conversation, Message, Participant } from "./types";

export const ME = 1;
export const OTHER = 2;
export const ID = 7;

/** What happened, in the order of `change`: a message was written, or an earlier one edited or deleted. */
export type Step = { kind: "write"; by: number; urgent: boolean } | { kind: "edit" | "delete"; pick: number };

export interface Past {
  /** By change, from 1: the message as it was after it. */
  versions: Message[];
  /** By seq. */
  final: Message[];
  reads: { userId: number; readSeq: number }[];
}

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("write" as const), by: fc.constantFrom(ME, OTHER), urgent: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom("edit" as const, "delete" as const), pick: fc.nat() }) },
);

export const past: fc.Arbitrary<Past> = fc
  .record({ steps: fc.array(step, { minLength: 1, maxLength: 25 }), reads: fc.array(fc.tuple(fc.constantFrom(ME, OTHER), fc.nat()), { maxLength: 6 }) })
  .map(({ steps, reads }) => {
    const { versions, final } = happened([{ kind: "write", by: OTHER, urgent: false }, ...steps]);
    return { versions, final, reads: reads.map(([userId, seq]) => ({ userId, readSeq: (seq % final.length) + 1 })) };
  });

function happened(steps: readonly Step[]): Pick<Past, "versions" | "final"> {
  const versions: Message[] = [];
  const final: Message[] = [];
  for (const one of steps) {
    const change = versions.length + 1;
    const message = one.kind === "write" ? written(final.length + 1, change, one) : changed(final[one.pick % final.length] as Message, change, one.kind);
    final[message.seq - 1] = message;
    versions.push(message);
  }
  return { versions, final };
}

export function written(seq: number, change: number, { by = OTHER, urgent = false }: { by?: number; urgent?: boolean } = {}): Message {
  return {
    id: 1000 + seq,
    conversationId: ID,
    seq,
    change,
    clientMessageId: by === ME ? `client-${seq}` : null,
    senderId: by,
    senderName: by === ME ? "Me" : "Other",
    senderRole: "patient",
    type: "text",
    content: `message ${seq}`,
    attachments: [],
    isUrgent: urgent,
    requiresResponse: seq % 3 === 0,
    action: null,
    context: null,
    replyToId: null,
    replyTo: null,
    reactions: [],
    sentAt: new Date(Date.UTC(2026, 0, 1, 0, 0, seq)).toISOString(),
    editedAt: null,
    deletedAt: null,
    status: "sent",
    isRead: false,
    deliveredAt: null,
    readAt: null,
  };
}

function changed(message: Message, change: number, kind: "edit" | "delete"): Message {
  const at = new Date(Date.UTC(2026, 0, 2, 0, 0, change)).toISOString();
  return kind === "edit"
    ? { ...message, change, content: `${String(message.content)}, edited`, editedAt: at }
    : { ...message, change, content: "", deletedAt: at };
}

/** As it was after so many changes. */
export function snapshot({ versions }: Past, change: number): Message[] {
  const seen: Message[] = [];
  for (const message of versions.slice(0, change)) seen[message.seq - 1] = message;
  return seen;
}

export function participants(readSeq = 0): Participant[] {
  return [ME, OTHER].map((userId) => ({ userId, role: "patient", readSeq, deliveredSeq: readSeq, online: true }));
}

export function conversation(past: Past, change: number): Conversation {
  const messages = snapshot(past, change);
  const last = messages.at(-1) as Message;
  return {
    id: ID,
    kind: "care",
    status: "active",
    context: null,
    participantInfo: { id: OTHER, username: "other", firstName: "O", lastName: "Ther", role: "medecin", email: null, online: true },
    lastMessage: { type: last.type, content: String(last.content), attachments: null, system: null, senderId: last.senderId, sentAt: last.sentAt },
    lastMessageTime: last.sentAt,
    unreadCount: messages.filter(({ senderId, deletedAt }) => senderId === OTHER && deletedAt === null).length,
    urgentCount: messages.filter(({ senderId, deletedAt, isUrgent }) => senderId === OTHER && deletedAt === null && isUrgent).length,
    awaitingReply: false,
    messageCount: messages.length,
    lastSeq: last.seq,
    lastChange: change,
    muted: false,
    pinned: false,
    markedUnread: false,
    createdAt: last.sentAt,
    updatedAt: last.sentAt,
    canReply: true,
    canReplyReason: null,
  };
}

/** Of a join or a sync that was asked for at one change and answered at another, later one; `most`: messages of a page. */
export function update(past: Past, from: number, to: number, most = Number.MAX_SAFE_INTEGER): Action {
  const before = snapshot(past, from);
  const after = snapshot(past, to);
  const news = after.filter((message) => message.seq > before.length).slice(0, most);
  const changes = after.filter((message) => message.seq <= before.length && message.change > from);
  return {
    type: "room/joined",
    update: {
      conversationId: ID,
      lastSeq: after.length,
      lastChange: to,
      messages: news as never,
      changes: changes as never,
      position: { seq: before.length + news.length, change: to },
      hasMore: before.length + news.length < after.length,
      resync: false,
      participants: participants(),
    },
  };
}
