// What survives a closed tab: unsent messages with their files, drafts, and files that were chosen. One database a person and server, sealed for that
// person (see vault.ts); `erase` leaves nothing of it.

import { isNothing } from "./chosen";
import { inDatabase, type KeptDatabase } from "./kept-database";
import type { Chosen, Draft, OutboxItem } from "./types";
import { openVault } from "./vault";

/** A message on its way, with its files. */
export interface KeptItem extends OutboxItem {
  blobs: Record<string, Blob>;
}

/** What a message takes with it from where it was written. */
export interface Taken {
  /** What stays chosen there, when some of it goes. */
  staying?: Chosen | undefined;
  /** The draft goes. */
  draft?: boolean;
}

export interface Kept {
  items: () => Promise<OutboxItem[]>;
  item: (clientMessageId: string) => Promise<OutboxItem | null>;
  /** One of its files, by the id that it has there. */
  blob: (clientMessageId: string, fileId: string) => Promise<Blob | null>;
  /**
   * False: it is held until the page is closed only, since the browser lays nothing down, or has no room left. What it takes with
   * it is gone there when it is here, not before and not after.
   */
  put: (item: KeptItem, taken?: Taken) => Promise<boolean>;
  /** Only while it is there: another tab may have sent it meanwhile. */
  change: (clientMessageId: string, change: Partial<OutboxItem>) => Promise<void>;
  remove: (clientMessageId: string) => Promise<void>;
  drafts: () => Promise<Record<number, Draft>>;
  /** So that `putDraft` of this draft, the same object, need not wait for anything. */
  sealDraft: (id: number, draft: Draft) => Promise<void>;
  /** False: as of `put`. */
  putDraft: (id: number, draft: Draft | null) => Promise<boolean>;
  /** By conversation. */
  allChosen: () => Promise<Record<number, Chosen>>;
  chosen: (id: number) => Promise<Chosen | null>;
  /** False: as of `put`. */
  putChosen: (id: number, chosen: Chosen | null) => Promise<boolean>;
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
    return withMemory(await inDatabase(`colloque:${name}`, vault));
  } catch (error) {
    if (error instanceof DOMException) return inMemory();
    throw error;
  }
}

/** What the database refuses, when it is full or was taken away, is held in memory: sent from there, or lost with the page. */
function withMemory(database: KeptDatabase): Kept {
  const memory = inMemory();
  const changes = new Map<string, Partial<OutboxItem>>();

  /** False: it was refused. */
  async function accepted(writing: Promise<void>): Promise<boolean> {
    try {
      await writing;
      return true;
    } catch (error) {
      if (error instanceof DOMException) return false;
      throw error;
    }
  }

  async function putChosen(id: number, chosen: Chosen | null): Promise<boolean> {
    const isKept = await accepted(database.putChosen(id, chosen));
    await memory.putChosen(id, isKept ? null : chosen);
    return isKept;
  }

  const changed = (item: OutboxItem): OutboxItem => ({ ...item, ...changes.get(item.clientMessageId) });

  return {
    ...database,
    items: async () => [...(await database.items()).map(changed), ...(await memory.items())],
    async item(id) {
      const found = (await memory.item(id)) ?? (await database.item(id));
      return found === null ? null : changed(found);
    },
    blob: async (id, fileId) => (await memory.blob(id, fileId)) ?? database.blob(id, fileId),
    async put(item, taken) {
      const { staying } = taken ?? {};
      const isKept = await accepted(database.put(item, taken));
      if (!isKept) await memory.put(item);
      if (isKept && staying !== undefined) await memory.putChosen(item.conversationId, null);
      // What goes from memory is chosen no more: there may be room for less.
      if (!isKept && staying !== undefined) await putChosen(item.conversationId, isNothing(staying) ? null : staying);
      return isKept;
    },
    async change(id, change) {
      const all = { ...changes.get(id), ...change };
      await memory.change(id, change);
      if (await accepted(database.change(id, all))) changes.delete(id);
      else changes.set(id, all);
    },
    async remove(id) {
      changes.delete(id);
      await memory.remove(id);
      await database.remove(id);
    },
    drafts: async () => ({ ...(await database.drafts()), ...(await memory.drafts()) }),
    async putDraft(id, draft) {
      const isKept = await accepted(database.putDraft(id, draft));
      await memory.putDraft(id, isKept ? null : draft);
      return isKept;
    },
    allChosen: async () => ({ ...(await database.allChosen()), ...(await memory.allChosen()) }),
    chosen: async (id) => (await memory.chosen(id)) ?? database.chosen(id),
    putChosen,
  };
}

function inMemory(): Kept {
  const items = new Map<string, KeptItem>();
  const drafts = new Map<number, Draft>();
  const chosen = new Map<number, Chosen>();
  return {
    items: async () => [...items.values()],
    item: async (id) => items.get(id) ?? null,
    blob: async (id, fileId) => items.get(id)?.blobs[fileId] ?? null,
    async put(item, { staying } = {}) {
      items.set(item.clientMessageId, item);
      if (staying !== undefined) chosen.set(item.conversationId, staying);
      return false;
    },
    async change(id, change) {
      const item = items.get(id);
      if (item !== undefined) items.set(id, { ...item, ...change });
    },
    remove: async (id) => void items.delete(id),
    drafts: async () => Object.fromEntries(drafts),
    async sealDraft() {
      // Nothing of it is laid down.
    },
    async putDraft(id, draft) {
      if (draft === null) drafts.delete(id);
      else drafts.set(id, draft);
      return false;
    },
    allChosen: async () => Object.fromEntries(chosen),
    chosen: async (id) => chosen.get(id) ?? null,
    async putChosen(id, now) {
      if (now === null) chosen.delete(id);
      else chosen.set(id, now);
      return false;
    },
    async erase() {
      items.clear();
      drafts.clear();
      chosen.clear();
    },
    close() {
      // Gone with the page anyway.
    },
  };
}
