// One message of the outbox: as it is kept, shown and sent.

import { newId } from "./new-id";
import type { Kept, KeptItem } from "./kept";
import type { Attachment, NewMessage, OutboxFile, OutboxItem } from "./types";

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
    gone: [],
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

/** Whether all of it can be written anew: what was never a file of this browser cannot be chosen again. */
export function canTakeBack({ type, action, attachments, gone }: OutboxItem): boolean {
  // A recording is said anew; of what an older version kept nothing tells which files had gone.
  return type !== "voice" && action === null && attachments.length === gone.length;
}

export interface WrittenAnew extends NewMessage {
  conversationId: number;
  files: File[];
}

/** As it was given to be sent; null when it cannot be, or went meanwhile, here or from another tab. */
export async function writtenAnew(kept: Kept, clientMessageId: string): Promise<WrittenAnew | null> {
  const item = await kept.item(clientMessageId);
  if (item === null || !canTakeBack(item)) return null;
  const files: File[] = [];
  for (const file of [...item.gone, ...item.files]) {
    const blob = await kept.blob(clientMessageId, file.id);
    if (blob === null) return null;
    files.push(asFile(blob, file));
  }
  const { conversationId, content, type, isUrgent, requiresResponse, replyToId } = item;
  return { conversationId, content, type, files, isUrgent, requiresResponse, replyToId };
}

export function asFile(blob: Blob, { name, mediaType }: OutboxFile): File {
  return new File([blob], name, { type: mediaType });
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
