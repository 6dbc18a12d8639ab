// One message of the outbox: as it is kept, shown and sent.

import { newId } from "./new-id";
import type { KeptItem } from "./kept";
import type { Attachment, NewMessage, OutboxItem } from "./types";

let lastOrder = 0;

export function madeItem(conversationId: number, message: NewMessage): KeptItem {
  const now = Date.now();
  // Later than everything before it, in this tab and in those that were closed.
  lastOrder = Math.max(now, lastOrder + 0.001);
  const files = (message.files ?? []).map((file) => ({ id: newId(), name: file.name, mediaType: file.type, size: file.size, progress: 0 }));
  return {
    clientMessageId: newId(),
    conversationId,
    content: message.content,
    type: message.type ?? "text",
    attachments: message.attachments ?? [],
    files,
    isUrgent: message.isUrgent ?? false,
    requiresResponse: message.requiresResponse ?? false,
    action: message.action ?? null,
    replyToId: message.replyToId ?? null,
    order: lastOrder,
    queuedAt: new Date(now).toISOString(),
    status: "waiting",
    code: null,
    isLostWithPage: false,
    blobs: Object.fromEntries(files.map((file, index) => [file.id, (message.files as File[])[index] as Blob])),
  };
}

/** What goes into the state: the files themselves stay where they are kept. */
export function shownOf({ blobs: _, ...item }: KeptItem): OutboxItem {
  return item;
}

export function wireOf(item: OutboxItem, attachments: readonly Attachment[]) {
  return {
    conversationId: item.conversationId,
    clientMessageId: item.clientMessageId,
    content: item.content,
    type: item.type,
    isUrgent: item.isUrgent,
    requiresResponse: item.requiresResponse,
    ...(attachments.length === 0 ? {} : { attachmentIds: attachments.map(({ id }) => id) }),
    ...(item.action === null ? {} : { action: item.action }),
    ...(item.replyToId === null ? {} : { replyToId: item.replyToId }),
  };
}
