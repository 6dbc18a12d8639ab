// The database of one person in one browser. Of a message it shows its id and how it stands; all else is sealed.

import { chosenSealer, type ChosenRow } from "./kept-chosen";
import type { Kept, KeptItem, Taken } from "./kept";
import type { Chosen, Draft, OutboxItem } from "./types";
import { isNothing } from "./chosen";
import type { Vault } from "./vault";

/** What the browser refuses to write throws DOMException. */
export interface KeptDatabase extends Omit<Kept, "put" | "putDraft" | "putChosen"> {
  put: (item: KeptItem, taken?: Taken) => Promise<void>;
  putDraft: (id: number, draft: Draft | null) => Promise<void>;
  putChosen: (id: number, chosen: Chosen | null) => Promise<void>;
}

interface Row extends Pick<OutboxItem, "clientMessageId" | "status" | "code"> {
  rest: unknown;
  blobs: Record<string, unknown>;
}

const OUTBOX = "outbox";
const DRAFTS = "drafts";
const CHOSEN = "chosen";
/** Before 2 nothing was sealed, before 3 no chosen files were there; no release had either. */
const VERSION = 3;

/** Throws DOMException where the browser refuses. */
export async function inDatabase(name: string, vault: Vault): Promise<KeptDatabase> {
  const database = await opened(name);
  const files = chosenSealer(vault);
  let isClosed = false;
  /** Taken from us by another tab, of a newer version or where one signs out. */
  let isTaken = false;
  /** How often a draft was given, and what was chosen: only the latest is written. */
  const given = new Map<string, number>();
  const sealedDrafts = new WeakMap<Draft, unknown>();
  const writing = new Set<Promise<void>>();
  const close = () => {
    isClosed = true;
    // What was written before is still being sealed, and must not be lost.
    if (writing.size === 0) database.close();
    else void Promise.allSettled(writing).then(() => database.close());
  };
  // Another tab signs this person out: what is open would keep it from erasing.
  database.onversionchange = () => {
    isTaken = true;
    close();
  };

  async function ask<Value>(store: string, mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest<Value>): Promise<Value | null> {
    return isClosed ? null : run([store], mode, act);
  }

  /** `act` is given the first of the stores. */
  async function run<Value>(stores: string[], mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest<Value>): Promise<Value> {
    const transaction = database.transaction(stores, mode);
    const request = act(transaction.objectStore(stores[0] ?? OUTBOX));
    await done(transaction);
    return request.result;
  }

  /** `work` is done to its end, even when the database is closed meanwhile. */
  async function toTheEnd(work: () => Promise<void>): Promise<void> {
    if (isTaken) throw new DOMException("the database was taken away", "InvalidStateError");
    if (isClosed) return;
    const written = work().finally(() => writing.delete(written));
    writing.add(written);
    return written;
  }

  /** True from then on as long as nothing newer was given under this name. */
  function newest(about: string): () => boolean {
    const number = (given.get(about) ?? 0) + 1;
    given.set(about, number);
    return () => given.get(about) === number;
  }

  /** What cannot be opened stays no longer here either. */
  async function chosenIn(id: number): Promise<Chosen | null> {
    const found = (await ask<ChosenRow | undefined>(CHOSEN, "readonly", (store) => store.get(id))) ?? null;
    const chosen = found === null ? null : await files.chosenOf(id, found);
    if (chosen === null && found !== null) await ask(CHOSEN, "readwrite", (store) => store.delete(id));
    return chosen;
  }

  const row = async (id: string) => (await ask<Row | undefined>(OUTBOX, "readonly", (store) => store.get(id))) ?? null;
  const remove = async (id: string) => void (await ask(OUTBOX, "readwrite", (store) => store.delete(id)));

  async function rowOf({ blobs, clientMessageId, status, code, ...rest }: KeptItem): Promise<Row> {
    const sealed = Object.entries(blobs).map(async ([id, blob]) => [id, await vault.wrapBlob(blob, id)] as const);
    return { clientMessageId, status, code, rest: await vault.wrap(rest, clientMessageId), blobs: Object.fromEntries(await Promise.all(sealed)) };
  }

  /** What cannot be opened is of no use to anybody any more. Before there was `gone`, nothing told which files had. */
  async function itemOf({ clientMessageId, status, code, rest }: Row): Promise<OutboxItem | null> {
    const known = await vault.unwrap(rest, clientMessageId);
    if (known === null) await remove(clientMessageId);
    return known === null ? null : ({ gone: [], ...known, clientMessageId, status, code } as unknown as OutboxItem);
  }

  return {
    async items() {
      const rows = (await ask<Row[]>(OUTBOX, "readonly", (store) => store.getAll())) ?? [];
      return (await Promise.all(rows.map(itemOf))).filter((item) => item !== null);
    },
    async item(id) {
      const found = await row(id);
      return found === null ? null : itemOf(found);
    },
    async blob(id, fileId) {
      const found = await row(id);
      return found === null ? null : vault.unwrapBlob(found.blobs[fileId], fileId);
    },
    put: (item, { staying, draft = false } = {}) =>
      toTheEnd(async () => {
        const { conversationId: id } = item;
        const isNewestDraft = draft ? newest(draftName(id)) : never;
        const isNewestChosen = staying === undefined ? never : newest(draftName(id, CHOSEN));
        const left = staying === undefined || isNothing(staying) ? null : await files.rowOf(id, staying);
        const made = await rowOf(item);
        await run([OUTBOX, DRAFTS, CHOSEN], "readwrite", (store) => {
          if (isNewestDraft()) write(store.transaction.objectStore(DRAFTS), id, null);
          if (isNewestChosen()) write(store.transaction.objectStore(CHOSEN), id, left);
          return store.put(made);
        });
      }),
    async change(id, { status, code, ...rest }) {
      const change: Partial<Row> = { ...(status === undefined ? {} : { status }), ...(code === undefined ? {} : { code }) };
      if (Object.keys(rest).length > 0) {
        const found = await row(id);
        const known = found === null ? null : await vault.unwrap(found.rest, id);
        if (known === null) return;
        change.rest = await vault.wrap({ ...known, ...rest }, id);
      }
      await ask(OUTBOX, "readwrite", (store) => {
        const found = store.get(id) as IDBRequest<Row | undefined>;
        found.onsuccess = () => {
          if (found.result !== undefined) store.put({ ...found.result, ...change });
        };
        return found;
      });
    },
    remove,
    async drafts() {
      const keys: number[] = [];
      const rows = await ask<unknown[]>(DRAFTS, "readonly", (store) => {
        const asked = store.getAllKeys();
        asked.onsuccess = () => keys.push(...asked.result.map(Number));
        return store.getAll();
      });
      const drafts = await Promise.all((rows ?? []).map((sealed, index) => vault.unwrap(sealed, draftName(keys[index] ?? 0))));
      return Object.fromEntries(drafts.flatMap((draft, index) => (draft === null ? [] : [[keys[index], draft as Draft]])));
    },
    async sealDraft(id, draft) {
      sealedDrafts.set(draft, await vault.wrap(draft, draftName(id)));
    },
    putDraft: (id, draft) =>
      toTheEnd(async () => {
        const isNewest = newest(draftName(id));
        // Without waiting where it is sealed: a page that is being left does nothing later.
        const sealed = draft === null ? null : (sealedDrafts.get(draft) ?? (await vault.wrap(draft, draftName(id))));
        if (isNewest()) await run([DRAFTS], "readwrite", (store) => writtenAtOnce(store, id, sealed));
      }),
    async allChosen() {
      const keys = (await ask(CHOSEN, "readonly", (store) => store.getAllKeys())) ?? [];
      const found = await Promise.all(keys.map(async (key) => [Number(key), await chosenIn(Number(key))] as const));
      return Object.fromEntries(found.filter((one): one is readonly [number, Chosen] => one[1] !== null));
    },
    chosen: chosenIn,
    putChosen: (id, chosen) =>
      toTheEnd(async () => {
        const isNewest = newest(draftName(id, CHOSEN));
        const made = chosen === null ? null : await files.rowOf(id, chosen);
        if (isNewest()) await run([CHOSEN], "readwrite", (store) => writtenAtOnce(store, id, made));
      }),
    async erase() {
      close();
      await answered(indexedDB.deleteDatabase(name));
    },
    close,
  };
}

/** A transaction that is left to end by itself goes with its page. */
function writtenAtOnce(store: IDBObjectStore, id: number, sealed: unknown): IDBRequest<unknown> {
  const request = write(store, id, sealed);
  store.transaction.commit();
  return request;
}

/** Null: there shall be none. */
function write(store: IDBObjectStore, id: number, sealed: unknown): IDBRequest<unknown> {
  return (sealed === null ? store.delete(id) : store.put(sealed, id)) as IDBRequest<unknown>;
}

function never(): boolean {
  return false;
}

function draftName(id: number, what = "draft"): string {
  return `${what} ${id}`;
}

function opened(name: string): Promise<IDBDatabase> {
  const request = indexedDB.open(name, VERSION);
  request.onupgradeneeded = ({ oldVersion }) => {
    const database = request.result;
    if (oldVersion < 2) {
      for (const store of Array.from(database.objectStoreNames)) database.deleteObjectStore(store);
      database.createObjectStore(OUTBOX, { keyPath: "clientMessageId" });
      database.createObjectStore(DRAFTS);
    }
    database.createObjectStore(CHOSEN);
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
