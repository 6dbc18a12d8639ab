// What survives a closed tab: unsent messages with their files, and drafts. One database a person and server, so that
// nobody finds what somebody else wrote on the same machine; `erase` leaves nothing of it.

import type { Draft, OutboxItem } from "./types";

export interface KeptItem extends OutboxItem {
  blobs: Record<string, Blob>;
}

export interface Kept {
  items: () => Promise<KeptItem[]>;
  item: (clientMessageId: string) => Promise<KeptItem | null>;
  put: (item: KeptItem) => Promise<void>;
  /** Only while it is there: another tab may have sent it meanwhile. */
  change: (clientMessageId: string, change: Partial<KeptItem>) => Promise<void>;
  remove: (clientMessageId: string) => Promise<void>;
  drafts: () => Promise<Record<number, Draft>>;
  putDraft: (id: number, draft: Draft | null) => Promise<void>;
  erase: () => Promise<void>;
  /** Nothing is read or written from here on: another tab, or the next start, goes on with it. */
  close: () => void;
}

const OUTBOX = "outbox";
const DRAFTS = "drafts";
const PREFIX = "colloque";

/** In the browser where it keeps things, else in memory: private windows of some browsers refuse. */
export async function openKept(name: string, storage: "browser" | "memory"): Promise<Kept> {
  if (storage === "memory" || typeof indexedDB === "undefined") return inMemory();
  try {
    return inDatabase(await opened(`${PREFIX}:${name}`), `${PREFIX}:${name}`);
  } catch (error) {
    if (error instanceof DOMException) return inMemory();
    throw error;
  }
}

function inDatabase(database: IDBDatabase, name: string): Kept {
  let isClosed = false;
  const close = () => {
    isClosed = true;
    database.close();
  };
  // Another tab signs this person out: what is open would keep it from erasing.
  database.onversionchange = close;

  async function ask<Value>(store: string, mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest<Value>): Promise<Value | null> {
    if (isClosed) return null;
    const transaction = database.transaction(store, mode);
    const request = act(transaction.objectStore(store));
    await done(transaction);
    return request.result;
  }

  return {
    items: async () => (await ask<KeptItem[]>(OUTBOX, "readonly", (store) => store.getAll())) ?? [],
    item: async (id) => (await ask<KeptItem | undefined>(OUTBOX, "readonly", (store) => store.get(id))) ?? null,
    put: async (item) => void (await ask(OUTBOX, "readwrite", (store) => store.put(item))),
    change: async (id, change) =>
      void (await ask(OUTBOX, "readwrite", (store) => {
        const found = store.get(id) as IDBRequest<KeptItem | undefined>;
        found.onsuccess = () => {
          if (found.result !== undefined) store.put({ ...found.result, ...change });
        };
        return found;
      })),
    remove: async (id) => void (await ask(OUTBOX, "readwrite", (store) => store.delete(id))),
    async drafts() {
      const keys: number[] = [];
      const drafts = await ask<Draft[]>(DRAFTS, "readonly", (store) => {
        const asked = store.getAllKeys();
        asked.onsuccess = () => keys.push(...asked.result.map(Number));
        return store.getAll() as IDBRequest<Draft[]>;
      });
      return Object.fromEntries((drafts ?? []).map((draft, index) => [keys[index], draft]));
    },
    putDraft: async (id, draft) =>
      draft === null
        ? void (await ask(DRAFTS, "readwrite", (store) => store.delete(id)))
        : void (await ask(DRAFTS, "readwrite", (store) => store.put(draft, id))),
    async erase() {
      close();
      await answered(indexedDB.deleteDatabase(name));
    },
    close,
  };
}

function inMemory(): Kept {
  const items = new Map<string, KeptItem>();
  const drafts = new Map<number, Draft>();
  return {
    items: async () => [...items.values()],
    item: async (id) => items.get(id) ?? null,
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

function opened(name: string): Promise<IDBDatabase> {
  const request = indexedDB.open(name, 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore(OUTBOX, { keyPath: "clientMessageId" });
    request.result.createObjectStore(DRAFTS);
  };
  return answered(request);
}

function answered<Value>(request: IDBRequest<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function done(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
  });
}
