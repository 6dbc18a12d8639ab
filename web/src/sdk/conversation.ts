// How a conversation stands, as it follows from what the server told of it last and from the messages that are known.
// The server does not tell a socket in the room about each message's effect on the list; this works it out.

import { lastAtOrBefore } from "./selectors";
import type { Conversation, Message, Thread } from "./types";

const SNIPPET = 100;

export function derived(told: Conversation, thread: Thread | undefined, me: number): Conversation {
  if (thread === undefined || thread.messages.length === 0) return marked(told, thread, me);
  const last = thread.messages.at(-1) as Message;
  const news = thread.messages.slice(lastAtOrBefore(thread.messages, told.lastSeq) + 1);
  const isSaid = last.seq > told.lastSeq || (last.seq === told.lastSeq && last.change > told.lastChange);
  return marked(
    {
      ...told,
      ...(isSaid ? { lastMessage: summary(last) } : {}),
      ...(news.length === 0 ? {} : withNews(told, news, last, me)),
    },
    thread,
    me,
  );
}

function withNews(told: Conversation, news: readonly Message[], last: Message, me: number): Partial<Conversation> {
  let { awaitingReply } = told;
  for (const message of news) {
    if (message.senderId === me) awaitingReply = false;
    else if (message.requiresResponse && message.deletedAt === null) awaitingReply = true;
  }
  const unread = news.filter((message) => isUnread(message, me));
  return {
    lastSeq: last.seq,
    lastMessageTime: last.sentAt,
    messageCount: told.messageCount + news.length,
    unreadCount: told.unreadCount + unread.length,
    urgentCount: told.urgentCount + unread.filter((message) => message.isUrgent).length,
    awaitingReply,
    // A new message brings an archived conversation back.
    status: told.status === "archived" ? "active" : told.status,
  };
}

function marked(conversation: Conversation, thread: Thread | undefined, me: number): Conversation {
  const unread = unreadOf(conversation, thread, me);
  return unread === null ? conversation : counts(conversation, unread);
}

/** Null when not everything after one's own mark is known: then only the server can count. */
export function unreadOf(conversation: Conversation, thread: Thread | undefined, me: number): readonly Message[] | null {
  const readSeq = thread?.marks[me]?.readSeq ?? -1;
  if (thread === undefined || readSeq < 0) return null;
  if (readSeq >= conversation.lastSeq) return [];
  const after = thread.messages.slice(lastAtOrBefore(thread.messages, readSeq) + 1);
  return after.length === conversation.lastSeq - readSeq ? after.filter((message) => isUnread(message, me)) : null;
}

function counts(conversation: Conversation, unread: readonly Message[]): Conversation {
  const urgentCount = unread.filter((message) => message.isUrgent).length;
  if (conversation.unreadCount === unread.length && conversation.urgentCount === urgentCount) return conversation;
  return { ...conversation, unreadCount: unread.length, urgentCount };
}

function isUnread(message: Message, me: number): boolean {
  return message.senderId !== me && message.type !== "system" && message.deletedAt === null;
}

function summary({ type, content, attachments, senderId, sentAt, deletedAt }: Message): Conversation["lastMessage"] {
  const isText = typeof content === "string";
  return {
    content: isText ? [...content].slice(0, SNIPPET).join("") : "",
    attachments: deletedAt === null ? files(attachments) : null,
    type: deletedAt === null ? type : "text",
    system: isText ? null : content,
    senderId,
    sentAt,
  };
}

/** What all of them are, as the server says it. */
function files(attachments: Message["attachments"]): NonNullable<Conversation["lastMessage"]>["attachments"] {
  if (attachments.length === 0) return null;
  const are = (family: string): boolean => attachments.every(({ mediaType }) => mediaType.startsWith(family));
  return { count: attachments.length, kind: are("image/") ? "image" : are("audio/") ? "voice" : "file" };
}
