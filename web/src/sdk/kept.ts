// What survives a closed tab: unsent messages with their files, and drafts. One database a person and server, sealed for that
// person (see vault.ts); `erase` leaves nothing of it.

import { inDatabase } from "./kept-database";
import type { Draft, OutboxItem } from "./types";
import { openVault } from "./vault";

/** A message on its way, with its files. */
export interface KeptItem extends OutboxItem {
  blobs: Record<string, Blob>;
}

export interface Kept {
  items: () => Promise<OutboxItem[]>;
  item: (clientMessageId: string) => Promise<OutboxItem | null>;
  /** One of its files, by the id that it has there. */
  blob: (clientMessageId: string, fileId: string) => Promise<Blob | null>;
  put: (item: KeptItem) => Promise<void>;
  /** Only while it is there: another tab may have sent it meanwhile. */
  change: (clientMessageId: string, change: Partial<OutboxItem>) => Promise<void>;
  remove: (clientMessageId: string) => Promise<void>;
  drafts: () => Promise<Record<number, Draft>>;
  putDraft: (id: number, draft: Draft | null) => Promise<void>;
  erase: () => Promise<void>;
  /** Nothing is read or written from here on: another tab, or the next start, goes on with it. */
  close: () => void;
}

/**
 * In the browser where it keeps things, else in memory: private windows of some browsers refuse, and without cryptography
 * nothing is laid down that anybody could read.
 */
export async function openKept(name: string, storage: "browser" | "memory", sealKey: string): Promise<Kept> {
  if (storage === "memory" || typeof indexedDB === "undefined") return inMemory();
  const vault = await openVault(sealKey);
  if (vault === null) return inMemory();
  try {
    return await inDatabase(`colloque:${name}`, vault);
  } catch (error) {
    if (error instanceof DOMException) return inMemory();
    throw error;
  }
}

function inMemory(): Kept {
  const items = new Map<string, KeptItem>();
  const drafts = new Map<number, Draft>();
  return {
    items: async () => [...items.values()],
    item: async (id) => items.get(id) ?? null,
    blob: async (id, fileId) => items.get(id)?.blobs[fileId] ?? null,
    put: async (item) => void items.set(item.clientMessageId, item),
    async change(id, change) {
      const item = items.get(id);
      if (item !== undefined) items.set(id, { ...item, ...change });
    },
    remove: async (id) => void items.delete(id),
    drafts: async () => Object.fromEntries(drafts),
    putDraft: async (id, draft) => void (draft === null ? drafts.delete(id) : drafts.set(id, draft)),
    async erase() {
      items.clear();
      drafts.clear();
    },
    close() {
      // Gone with the page anyway.
    },
  };
}
