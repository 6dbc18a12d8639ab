import "fake-indexeddb/auto";
import { beforeEach, expect, test, vi } from "vitest";
import { openKept, type Kept } from "./kept";
import { madeItem } from "./outbox-item";

const KEY = btoa("0123456789abcdef0123456789abcdef");
const OTHER = btoa("fedcba9876543210fedcba9876543210");
const WORDS = "words that nobody else may find";
let name: string;

beforeEach(() => {
  name = crypto.randomUUID();
});

/** As somebody sees it who opens the database by hand. */
async function raw(): Promise<string> {
  const database = await new Promise<IDBDatabase>((resolve) => {
    const request = indexedDB.open(`colloque:${name}`);
    request.onsuccess = () => resolve(request.result);
  });
  const rows = await Promise.all(
    ["outbox", "drafts"].map(
      (store) =>
        new Promise<unknown[]>((resolve) => {
          const request = database.transaction(store).objectStore(store).getAll();
          request.onsuccess = () => resolve(request.result);
        }),
    ),
  );
  database.close();
  const bytes: string[] = [];
  const said = JSON.stringify(rows.flat(), (_, value: unknown) => {
    if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) bytes.push(new TextDecoder("latin1").decode(value));
    return value;
  });
  expect(bytes.length).toBeGreaterThan(0);
  return said + bytes.join("");
}

async function filled(): Promise<{ kept: Kept; id: string; fileId: string }> {
  const kept = await openKept(name, "browser", KEY);
  const item = madeItem(7, { content: WORDS, files: [new File([`${WORDS} in a file`], "lab-results.pdf", { type: "application/pdf" })] });
  await kept.put(item);
  await kept.putDraft(7, { text: `${WORDS} in a draft` });
  return { kept, id: item.clientMessageId, fileId: item.files[0]!.id };
}

test("what is kept comes back whole for the same person, after the page was closed", async () => {
  const { kept, id, fileId } = await filled();
  kept.close();
  const again = await openKept(name, "browser", KEY);
  expect(await again.item(id)).toMatchObject({ conversationId: 7, content: WORDS, status: "waiting", files: [{ name: "lab-results.pdf" }] });
  expect(await (await again.blob(id, fileId))?.text()).toBe(`${WORDS} in a file`);
  expect(await again.drafts()).toEqual({ 7: { text: `${WORDS} in a draft` } });
  await again.change(id, { status: "refused", code: "CONFLICT" });
  await again.change(id, { attachments: [{ id: 3 } as never], files: [] });
  expect(await again.items()).toMatchObject([{ content: WORDS, status: "refused", code: "CONFLICT", attachments: [{ id: 3 }], files: [] }]);
});

test("nothing of it can be read in the database: no text, no draft, no file, no name", async () => {
  await filled();
  const seen = await raw();
  for (const part of [WORDS, "lab-results", "application/pdf"]) expect(seen).not.toContain(part);
});

test("another key opens nothing, and what nobody can open does not stay", async () => {
  const { kept, id } = await filled();
  kept.close();
  const other = await openKept(name, "browser", OTHER);
  expect([await other.items(), await other.drafts()]).toEqual([[], {}]);
  other.close();
  expect(await (await openKept(name, "browser", KEY)).item(id)).toBeNull();
});

test("of drafts written in a row the last one stays, and an empty one leaves nothing", async () => {
  const { kept } = await filled();
  await Promise.all(["a", "ab", "abc"].map((text) => kept.putDraft(8, { text })));
  expect(await kept.drafts()).toMatchObject({ 8: { text: "abc" } });
  await Promise.all([kept.putDraft(8, { text: "x" }), kept.putDraft(8, null)]);
  expect(Object.keys(await kept.drafts())).toEqual(["7"]);
});

test("a sealed draft is written without waiting, as by a page that is left at that moment", async () => {
  const { kept } = await filled();
  const draft = { text: "the very last words" };
  await kept.sealDraft(7, draft);
  const put = vi.spyOn(IDBObjectStore.prototype, "put");
  const written = kept.putDraft(7, draft);
  expect(put).toHaveBeenCalledTimes(1);
  put.mockRestore();
  await written;
  expect(await kept.drafts()).toEqual({ 7: draft });
  // An older one whose sealing takes longer does not come after it.
  await Promise.all([kept.putDraft(7, { text: "older" }), kept.putDraft(7, draft)]);
  expect(await kept.drafts()).toEqual({ 7: draft });
});

test("what was written before the end is laid down, even when it was not sealed yet", async () => {
  const { kept } = await filled();
  const item = madeItem(7, { content: "the last one" });
  const written = [kept.put(item), kept.putDraft(7, { text: "the last" }), kept.putDraft(7, { text: "the last words" })];
  kept.close();
  await kept.putDraft(7, { text: "too late" });
  await Promise.all(written);
  const again = await openKept(name, "browser", KEY);
  expect(await again.drafts()).toEqual({ 7: { text: "the last words" } });
  expect(await again.item(item.clientMessageId)).toMatchObject({ content: "the last one" });
});
