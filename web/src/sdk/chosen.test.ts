import "fake-indexeddb/auto";
import { beforeEach, expect, test, vi } from "vitest";
import { createChosen } from "./chosen";
import { openKept, type Kept } from "./kept";
import { madeItem } from "./outbox-item";
import { createStore } from "./store";
import type { Chosen } from "./types";

const ID = 7;
const KEY = btoa("0123456789abcdef0123456789abcdef");
const OTHER = btoa("fedcba9876543210fedcba9876543210");
const WORDS = "words that nobody else may find";
let name: string;

beforeEach(() => {
  name = crypto.randomUUID();
});

const open = (key = KEY, of = name) => openKept(of, "browser", key);
const file = (of: string, type = "application/pdf") => new File([`${WORDS} in ${of}`], of, { type });

function chosenOf(files: File[], voice?: File): Chosen {
  return { files, recording: voice === undefined ? null : { file: voice, seconds: 4 }, isLostWithPage: true };
}

async function seen(chosen: Chosen | null): Promise<unknown> {
  if (chosen === null) return null;
  const told = async (one: File) => `${one.name} ${one.type} ${await one.text()}`;
  return [await Promise.all(chosen.files.map(told)), chosen.recording && [await told(chosen.recording.file), chosen.recording.seconds]];
}

async function database(of: string, version?: number, upgrade?: (made: IDBDatabase) => void): Promise<IDBDatabase> {
  return new Promise((resolve) => {
    const request = indexedDB.open(`colloque:${of}`, version);
    request.onupgradeneeded = () => upgrade?.(request.result);
    request.onsuccess = () => resolve(request.result);
  });
}

async function rowsOf(from: IDBDatabase, store: string): Promise<[IDBValidKey, unknown][]> {
  const all = from.transaction(store).objectStore(store);
  const [keys, values] = [all.getAllKeys(), all.getAll()];
  await new Promise((resolve) => (all.transaction.oncomplete = resolve));
  return keys.result.map((key, index) => [key, values.result[index]]);
}

test("files and a recording come back whole after the page was closed, in their conversation", async () => {
  const kept = await open();
  const [scan, voice] = [file("scan.pdf"), file("voice.webm", "audio/webm")];
  expect(await kept.putChosen(ID, chosenOf([scan, file("photo.png", "image/png"), scan], voice))).toBe(true);
  expect(await kept.putChosen(8, chosenOf([], voice))).toBe(true);
  kept.close();
  const all = await (await open()).allChosen();
  expect(Object.keys(all)).toEqual(["7", "8"]);
  const scanned = `scan.pdf application/pdf ${WORDS} in scan.pdf`;
  const said = [`voice.webm audio/webm ${WORDS} in voice.webm`, 4];
  expect(await seen(all[ID] ?? null)).toEqual([[scanned, `photo.png image/png ${WORDS} in photo.png`, scanned], said]);
  expect(await seen(all[8] ?? null)).toEqual([[], said]);
  expect(all[ID]?.isLostWithPage).toBe(false);
});

test("nothing of it can be read in the database, and with another key it is gone", async () => {
  const kept = await open();
  await kept.putChosen(ID, chosenOf([file("lab-results.pdf")]));
  kept.close();
  const raw = await database(name);
  const bytes: string[] = [];
  const said = JSON.stringify(await rowsOf(raw, "chosen"), (_, value: unknown) => {
    if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) bytes.push(new TextDecoder("latin1").decode(value));
    return value;
  });
  raw.close();
  expect(bytes.length).toBeGreaterThan(2);
  for (const part of [WORDS, "lab-results", "application/pdf"]) expect(said + bytes.join("")).not.toContain(part);
  const other = await open(OTHER);
  expect(await other.allChosen()).toEqual({});
  other.close();
  expect(await (await open()).chosen(ID)).toBeNull();
});

test("a file that was damaged is left out, and what has none left is gone", async () => {
  const kept = await open();
  await kept.putChosen(ID, chosenOf([file("a.pdf"), file("b.pdf")]));
  const raw = await database(name);
  const [[, row]] = (await rowsOf(raw, "chosen")) as [[number, { blobs: Record<string, { data: ArrayBuffer }> }]];
  const [first, second] = Object.values(row.blobs);
  const put = async () => {
    const writing = raw.transaction("chosen", "readwrite");
    writing.objectStore("chosen").put(row, ID);
    await new Promise((resolve) => (writing.oncomplete = resolve));
  };
  first!.data = new ArrayBuffer(99);
  await put();
  expect(await seen(await kept.chosen(ID))).toEqual([[`b.pdf application/pdf ${WORDS} in b.pdf`], null]);
  second!.data = new ArrayBuffer(99);
  await put();
  expect(await kept.chosen(ID)).toBeNull();
  expect(await rowsOf(raw, "chosen")).toEqual([]);
  raw.close();
});

test("what goes with a message is in the outbox and chosen no more in the same moment", async () => {
  const kept = await open();
  const [going, staying] = [file("going.pdf"), file("voice.webm")];
  await kept.putChosen(ID, chosenOf([going], staying));
  const item = madeItem(ID, { content: "", files: [going] });
  expect(await kept.put(item, { staying: chosenOf([], staying) })).toBe(true);
  expect(await (await kept.blob(item.clientMessageId, item.files[0]!.id))?.text()).toContain("going.pdf");
  expect(await seen(await kept.chosen(ID))).toEqual([[], [`voice.webm application/pdf ${WORDS} in voice.webm`, 4]]);
  const voice = madeItem(ID, { content: "", files: [staying] });
  await Promise.all([kept.putChosen(ID, chosenOf([], staying)), kept.put(voice, { staying: chosenOf([]) })]);
  expect(await kept.chosen(ID)).toBeNull();
});

test("what was chosen while a message was sealed is not taken away by it", async () => {
  const kept = await open();
  const [going, later] = [file("going.pdf"), file("later.pdf")];
  await kept.putChosen(ID, chosenOf([going]));
  await Promise.all([kept.put(madeItem(ID, { content: "", files: [going] }), { staying: chosenOf([]) }), kept.putChosen(ID, chosenOf([later]))]);
  expect(await seen(await kept.chosen(ID))).toEqual([[`later.pdf application/pdf ${WORDS} in later.pdf`], null]);
});

test("the draft goes with its message, but not what was written since", async () => {
  const kept = await open();
  await kept.putDraft(ID, { text: "sent" });
  await kept.put(madeItem(ID, { content: "another" }));
  expect(await kept.drafts()).toEqual({ [ID]: { text: "sent" } });
  await kept.put(madeItem(ID, { content: "sent" }), { draft: true });
  expect(await kept.drafts()).toEqual({});
  await Promise.all([kept.put(madeItem(ID, { content: "sent" }), { draft: true }), kept.putDraft(ID, { text: "and then" })]);
  expect(await kept.drafts()).toEqual({ [ID]: { text: "and then" } });
});

test("what an older version kept is there after it learnt to keep files", async () => {
  const kept = await open();
  const item = madeItem(ID, { content: WORDS });
  await kept.put(item);
  await kept.putDraft(ID, { text: WORDS });
  const old = crypto.randomUUID();
  const [from, to] = [
    await database(name),
    await database(old, 2, (made) => {
      made.createObjectStore("outbox", { keyPath: "clientMessageId" });
      made.createObjectStore("drafts");
    }),
  ];
  for (const store of ["outbox", "drafts"]) {
    const rows = await rowsOf(from, store);
    expect(rows).toHaveLength(1);
    const writing = to.transaction(store, "readwrite");
    for (const [key, row] of rows) writing.objectStore(store).put(row, store === "drafts" ? key : undefined);
    await new Promise((resolve) => (writing.oncomplete = resolve));
  }
  to.close();
  const again = await open(KEY, old);
  expect(await again.items()).toMatchObject([{ content: WORDS }]);
  expect(await again.drafts()).toEqual({ [ID]: { text: WORDS } });
  expect(await again.putChosen(ID, chosenOf([file("a.pdf")]))).toBe(true);
});

test("when a newer version takes the database, what is written here is held in memory, and said to be", async () => {
  const kept = await open();
  const newer = await database(name, 99);
  expect(await kept.putChosen(ID, chosenOf([file("a.pdf")]))).toBe(false);
  expect(await kept.put(madeItem(ID, { content: WORDS }))).toBe(false);
  expect(await kept.items()).toMatchObject([{ content: WORDS }]);
  expect(await seen(await kept.chosen(ID))).toEqual([[`a.pdf application/pdf ${WORDS} in a.pdf`], null]);
  newer.close();
});

test("in a full browser files stay chosen, and go with their message", async () => {
  const kept = await open();
  const full = vi.spyOn(IDBObjectStore.prototype, "put").mockImplementation(() => {
    throw new DOMException("full", "QuotaExceededError");
  });
  const going = file("a.pdf");
  expect(await kept.putChosen(ID, chosenOf([going]))).toBe(false);
  expect(await seen(await kept.chosen(ID))).toEqual([[`a.pdf application/pdf ${WORDS} in a.pdf`], null]);
  expect(await kept.put(madeItem(ID, { content: "", files: [going] }), { staying: chosenOf([]) })).toBe(false);
  expect([await kept.chosen(ID), (await kept.items()).length]).toEqual([null, 1]);
  full.mockRestore();
});

test("the state says what would be lost with the page until it lies in the database, and other tabs are right", async () => {
  const [store, elsewhere] = [createStore(), createStore()];
  const [kept, there] = [await open(), await open()];
  const other = createChosen({ store: elsewhere, kept: there, changed: () => {} });
  const here = createChosen({ store, kept, changed: (id) => void other.look(id) });
  const [first, second] = [file("a.pdf"), file("b.pdf")];
  const writing = here.set(ID, { files: [first, second] });
  expect(store.getState().chosen[ID]).toMatchObject({ files: [first, second], isLostWithPage: true });
  await writing;
  expect(store.getState().chosen[ID]).toMatchObject({ files: [first, second], isLostWithPage: false });
  await vi.waitFor(() => expect(elsewhere.getState().chosen[ID]?.files.map((one) => one.name)).toEqual(["a.pdf", "b.pdf"]));
  expect(here.leave(ID, [file("another.pdf")])).toBeUndefined();
  expect(here.leave(ID, [first])?.files).toEqual([second]);
  expect(store.getState().chosen[ID]?.files).toEqual([second]);
  await here.set(ID, { files: [] });
  await vi.waitFor(() => expect(elsewhere.getState().chosen[ID]?.files).toEqual([]));
  const memory: Kept = await openKept(name, "memory", KEY);
  const forgetful = createChosen({ store, kept: memory, changed: () => {} });
  await forgetful.set(ID, { files: [first] });
  expect(store.getState().chosen[ID]?.isLostWithPage).toBe(true);
});
