import "fake-indexeddb/auto";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Link } from "./connection";
import { MessagingError } from "./errors";
import { written } from "./history.fixture";
import { openKept, type Kept } from "./kept";
import { createOutbox, type Outbox, type OutboxOptions } from "./outbox";
import { createStore, type Store } from "./store";
import { writtenAnew } from "./outbox-item";
import type { Tabs } from "./tabs";
import type { Attachment } from "./types";
import type { Word } from "./word";

const ID = 7;
const KEY = btoa("0123456789abcdef0123456789abcdef");

/** What the server got, and what it answers; shared by all tabs. */
class Server {
  got: string[] = [];
  underWay = 0;
  mostAtOnce = 0;
  answer: (content: string, tries: number) => Promise<void> = async () => undefined;
  #ids = new Map<string, number>();

  async send(data: { clientMessageId: string; content: string }): Promise<unknown> {
    const tries = (this.#ids.get(data.clientMessageId) ?? 0) + 1;
    this.#ids.set(data.clientMessageId, tries);
    this.underWay += 1;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.underWay);
    try {
      await this.answer(data.content, tries);
    } finally {
      this.underWay -= 1;
    }
    if (!this.got.includes(data.content)) this.got.push(data.content);
    const seq = this.got.indexOf(data.content) + 1;
    return { ok: true, duplicate: false, message: { ...written(seq, seq), clientMessageId: data.clientMessageId } };
  }
}

interface Tab {
  store: Store;
  outbox: Outbox;
  kept: Kept;
  isOnline: boolean;
  upload: OutboxOptions["upload"];
}

let server: Server;
let name: string;
let last = Promise.resolve();
const open: Tab[] = [];

beforeEach(() => {
  server = new Server();
  name = crypto.randomUUID();
});

afterEach(() => {
  for (const { outbox, kept } of open.splice(0)) {
    outbox.stop();
    kept.close();
  }
  vi.useRealTimers();
});

async function newTab(): Promise<Tab> {
  const store = createStore((run) => run());
  const kept = await openKept(name, "browser", KEY);
  const tab: Tab = { store, kept, isOnline: true, upload: async () => ({ id: 5 }) as Attachment, outbox: null as never };
  const link = { isOnline: () => tab.isOnline, ask: (_: string, data: never) => server.send(data) } as unknown as Link;
  const tabs: Tabs<Word> = {
    tell(word) {
      for (const { outbox } of open.filter((other) => other !== tab)) {
        if (word.about === "outbox") void outbox.look(word.clientMessageId);
        else if (word.about === "progress") outbox.progressed(word.clientMessageId, word.files);
      }
    },
    onWord: () => undefined,
    // One after the other, over all tabs, as Web Locks do it.
    alone: (work) => (last = last.then(work)),
    close: () => undefined,
  };
  tab.outbox = createOutbox({ store, link, kept, tabs, upload: (...args) => tab.upload(...args) });
  open.push(tab);
  await tab.outbox.load();
  return tab;
}

const waiting = (tab: Tab) => tab.store.getState().outbox.map(({ content, status }) => [content, status]);
const emptied = (...tabs: Tab[]) => vi.waitFor(() => expect(tabs.flatMap(waiting)).toEqual([]), 5_000);

test("several tabs send what all of them wrote: each once, in order, one at a time", async () => {
  const tabs = [await newTab(), await newTab(), await newTab()];
  for (const tab of tabs) tab.isOnline = false;
  const texts = Array.from({ length: 30 }, (_, index) => `m${String(index).padStart(2, "0")}`);
  for (const [index, text] of texts.entries()) tabs[index % 3]?.outbox.add(ID, { content: text });
  await vi.waitFor(() => expect(tabs.every((tab) => waiting(tab).length === 30)).toBe(true));
  for (const tab of tabs) tab.isOnline = true;
  for (const tab of tabs) tab.outbox.flush();
  await emptied(...tabs);
  expect(server.got).toEqual(texts);
  expect(server.mostAtOnce).toBe(1);
});

test("conversations do not wait for one another", async () => {
  const tab = await newTab();
  let release = () => {};
  server.answer = (content) => (content === "stuck" ? new Promise((resolve) => (release = resolve)) : Promise.resolve());
  tab.outbox.add(1, { content: "stuck" });
  await vi.waitFor(() => expect(server.underWay).toBe(1));
  tab.outbox.add(2, { content: "free" });
  await vi.waitFor(() => expect(server.got).toEqual(["free"]));
  release();
  await emptied(tab);
  expect(server.got).toEqual(["free", "stuck"]);
});

test("a temporary refusal is tried again with the same id, and what is behind it waits", async () => {
  const tab = await newTab();
  server.answer = async (content, tries) => {
    if (content === "first" && tries < 3) throw new MessagingError("RATE_LIMIT_EXCEEDED", { retryAfter: 0.05 });
  };
  tab.outbox.add(ID, { content: "first" });
  tab.outbox.add(ID, { content: "second" });
  await emptied(tab);
  expect(server.got).toEqual(["first", "second"]);
});

test("a final refusal stays with its reason, and what is behind it goes", async () => {
  const tab = await newTab();
  server.answer = async (content) => {
    if (content === "bad") throw new MessagingError("FORBIDDEN");
  };
  const bad = tab.outbox.add(ID, { content: "bad" });
  tab.outbox.add(ID, { content: "good" });
  await vi.waitFor(() => expect(waiting(tab)).toEqual([["bad", "refused"]]));
  expect(server.got).toEqual(["good"]);
  const again = await newTab();
  expect(again.store.getState().outbox[0]).toMatchObject({ status: "refused", code: "FORBIDDEN" });
  server.answer = async () => undefined;
  again.outbox.retry(bad);
  await emptied(tab, again);
  expect(server.got).toEqual(["good", "bad"]);
});

test("without an answer for 30 s it is said to be not sent, is kept, and goes all the same", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const tab = await newTab();
  tab.isOnline = false;
  tab.outbox.add(ID, { content: "late" });
  vi.advanceTimersByTime(29_000);
  expect(waiting(tab)).toEqual([["late", "waiting"]]);
  vi.advanceTimersByTime(1_500);
  expect(waiting(tab)).toEqual([["late", "notSent"]]);
  vi.useRealTimers();
  tab.isOnline = true;
  tab.outbox.flush();
  await emptied(tab);
  expect(server.got).toEqual(["late"]);
});

test("a file is uploaded on the way, survives a closed tab, and is not uploaded twice", async () => {
  const first = await newTab();
  first.isOnline = false;
  first.outbox.add(ID, { content: "see", files: [new File(["x"], "radio.png", { type: "image/png" })] });
  await vi.waitFor(async () => expect((await first.kept.items()).length).toBe(1));
  first.outbox.stop();
  const second = await newTab();
  const uploads: string[] = [];
  second.upload = async (_, file, onProgress) => {
    onProgress(0.5);
    uploads.push(`${file.name} ${file.type} ${await file.text()}`);
    return { id: 9 } as Attachment;
  };
  server.answer = async (_, tries) => {
    if (tries === 1) throw new MessagingError("UNAVAILABLE", { retryAfter: 0.01 });
  };
  second.outbox.flush();
  await emptied(second);
  expect(uploads).toEqual(["radio.png image/png x"]);
});

test("what was refused can be written anew with all of its files, those that had gone too, in another tab as well", async () => {
  const tab = await newTab();
  const other = await newTab();
  tab.upload = async (_, file) => {
    if (file.name === "second.pdf") throw new MessagingError("UNSUPPORTED_FILE");
    return { id: 9 } as Attachment;
  };
  const files = ["first", "second", "third"].map((name) => new File([name], `${name}.pdf`, { type: "application/pdf" }));
  const id = tab.outbox.add(ID, { content: "look", type: "file", files, isUrgent: true, replyToId: 3 });
  await vi.waitFor(() => expect(waiting(other)).toEqual([["look", "refused"]]));
  const back = await writtenAnew(other.kept, id);
  expect(back).toMatchObject({ content: "look", isUrgent: true, requiresResponse: false, replyToId: 3 });
  const texts = (back?.files ?? []).map(async (file) => `${file.name} ${file.type} ${await file.text()}`);
  expect(await Promise.all(texts)).toEqual(["first", "second", "third"].map((name) => `${name}.pdf application/pdf ${name}`));
  other.outbox.discard(id);
  await emptied(tab, other);
  await vi.waitFor(() => expect(writtenAnew(other.kept, id)).resolves.toBeNull());
});

test("what is tried again behind an upload that hangs has that begin anew at once, and stays behind it", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const tab = await newTab();
  let tries = 0;
  tab.upload = (_, __, ___, signal) =>
    new Promise((resolve, reject) => {
      tries += 1;
      if (tries === 2) resolve({ id: 5 } as Attachment);
      signal.addEventListener("abort", () => reject(new DOMException("stopped", "AbortError")));
    });
  tab.outbox.add(ID, { content: "scan", files: [new File(["x"], "scan.pdf", { type: "application/pdf" })] });
  const behind = tab.outbox.add(ID, { content: "behind" });
  await vi.waitFor(() => expect(tries).toBe(1));
  // As long as it may get through still, it is left alone.
  tab.outbox.retry(behind);
  vi.advanceTimersByTime(31_000);
  expect(waiting(tab)).toEqual([["scan", "notSent"], ["behind", "notSent"]]);
  expect(tries).toBe(1);
  tab.outbox.retry(behind);
  vi.useRealTimers();
  await emptied(tab);
  expect(server.got).toEqual(["scan", "behind"]);
});

test("an upload is late after 30 s without progress only, in every tab, and so is what waits behind it", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const tab = await newTab();
  const other = await newTab();
  let progress = (_: number) => {};
  let finish = () => {};
  tab.upload = (_, __, onProgress) =>
    new Promise((resolve) => {
      progress = onProgress;
      finish = () => resolve({ id: 5 } as Attachment);
    });
  other.upload = tab.upload;
  tab.outbox.add(ID, { content: "scan", files: [new File(["x"], "scan.pdf", { type: "application/pdf" })] });
  tab.outbox.add(ID, { content: "behind" });
  const are = (...statuses: string[]) => {
    for (const one of [tab, other]) expect(one.store.getState().outbox.map(({ status }) => status)).toEqual(statuses);
  };
  await vi.waitFor(() => expect(tab.store.getState().outbox[0]?.status).toBe("sending"));
  await vi.waitFor(() => expect(waiting(other)).toHaveLength(2));
  progress(0.1);
  for (const share of [0.2, 0.4, 0.6]) {
    vi.advanceTimersByTime(29_000);
    progress(share);
  }
  expect(waiting(tab)).toEqual([["scan", "sending"], ["behind", "waiting"]]);
  for (const { status } of other.store.getState().outbox) expect(status).not.toBe("notSent");
  expect(other.store.getState().outbox[0]?.files[0]?.progress).toBe(0.6);
  // The same again is no progress.
  vi.advanceTimersByTime(20_000);
  progress(0.6);
  vi.advanceTimersByTime(11_000);
  are("notSent", "notSent");
  progress(0.7);
  are("sending", "waiting");
  vi.useRealTimers();
  finish();
  await emptied(tab, other);
  expect(server.got).toEqual(["scan", "behind"]);
});

/** Answers, from now on and until `answer` is called, late with what it found at once. */
function slowed<Of extends "item" | "items">(kept: Kept, what: Of): { found: () => boolean; answer: () => void } {
  const read = kept[what] as (...args: unknown[]) => Promise<unknown>;
  let isFound = false;
  let answer = () => {};
  const late = new Promise<void>((resolve) => (answer = resolve));
  const slow = async (...args: unknown[]) => {
    const found = await read(...args);
    isFound = true;
    await late;
    return found;
  };
  Object.assign(kept, { [what]: slow });
  return { found: () => isFound, answer: () => (Object.assign(kept, { [what]: read }), answer()) };
}

test.each(["item", "items"] as const)("what was sent or deleted meanwhile is not shown again by a slow look at the %s", async (what) => {
  const tab = await newTab();
  const other = await newTab();
  tab.isOnline = other.isOnline = false;
  const id = tab.outbox.add(ID, { content: "gone" });
  await vi.waitFor(() => expect(waiting(other)).toHaveLength(1));
  const { item } = other.kept;
  const slow = slowed(other.kept, what);
  const looking = what === "item" ? other.outbox.look(id) : other.outbox.load();
  await vi.waitFor(() => expect(slow.found()).toBe(true));
  other.kept.item = item;
  tab.outbox.discard(id);
  await vi.waitFor(() => expect(waiting(other)).toEqual([]));
  slow.answer();
  await looking;
  expect(waiting(other)).toEqual([]);
});

test("what a full browser does not keep waits all the same, with its file, is said to be lost with the page, and goes once", async () => {
  const tab = await newTab();
  const other = await newTab();
  const uploads: string[] = [];
  tab.upload = async (_, file) => {
    uploads.push(await file.text());
    return { id: 9 } as Attachment;
  };
  tab.isOnline = false;
  const full = vi.spyOn(IDBObjectStore.prototype, "put").mockImplementation(() => {
    throw new DOMException("full", "QuotaExceededError");
  });
  const file = new File(["scan"], "scan.pdf", { type: "application/pdf" });
  tab.outbox.add(ID, { content: "precious", files: [file] });
  await vi.waitFor(() => expect(tab.store.getState().outbox).toMatchObject([{ content: "precious", status: "waiting", isLostWithPage: true }]));
  await vi.waitFor(() => expect(tab.kept.items()).resolves.toHaveLength(1));
  other.outbox.flush();
  tab.isOnline = true;
  tab.outbox.flush();
  await emptied(tab, other);
  full.mockRestore();
  expect([server.got, uploads]).toEqual([["precious"], ["scan"]]);
  tab.isOnline = false;
  tab.outbox.add(ID, { content: "kept again" });
  await vi.waitFor(() => expect(other.store.getState().outbox).toMatchObject([{ content: "kept again", isLostWithPage: false }]));
});

test("a refusal that a full browser cannot note is not asked for again and again", async () => {
  const tab = await newTab();
  let asked = 0;
  tab.isOnline = false;
  const id = tab.outbox.add(ID, { content: "bad" });
  await vi.waitFor(async () => expect(await tab.kept.item(id)).not.toBeNull());
  server.answer = async (content) => {
    asked += 1;
    if (content === "bad") throw new MessagingError("FORBIDDEN");
  };
  const full = vi.spyOn(IDBObjectStore.prototype, "put").mockImplementation(() => {
    throw new DOMException("full", "QuotaExceededError");
  });
  tab.isOnline = true;
  tab.outbox.flush();
  await vi.waitFor(() => expect(waiting(tab)).toEqual([["bad", "refused"]]));
  tab.outbox.add(ID, { content: "good" });
  await vi.waitFor(() => expect(server.got).toEqual(["good"]));
  full.mockRestore();
  expect(asked).toBe(2);
});

test("a refused file leaves the text, and deleting the message stops its upload", async () => {
  const tab = await newTab();
  tab.upload = async () => {
    throw new MessagingError("UNSUPPORTED_FILE");
  };
  const file = new File(["MZ"], "virus.png", { type: "image/png" });
  const id = tab.outbox.add(ID, { content: "important words", files: [file] });
  await vi.waitFor(() => expect(tab.store.getState().outbox[0]).toMatchObject({ content: "important words", code: "UNSUPPORTED_FILE" }));
  let isStopped = false;
  tab.upload = (_, __, ___, signal) =>
    new Promise((_resolve, reject) => {
      signal.addEventListener("abort", () => {
        isStopped = true;
        reject(new DOMException("cancelled", "AbortError"));
      });
    });
  tab.outbox.retry(id);
  await vi.waitFor(() => expect(tab.store.getState().outbox[0]?.status).toBe("sending"));
  tab.outbox.discard(id);
  await emptied(tab);
  expect(isStopped).toBe(true);
  expect(server.got).toEqual([]);
});
