// The worker with a network that a test moves by hand, and a cache that is a map.

import { afterEach, beforeEach, expect, test, vi } from "vitest";

const ORIGIN = "http://colloque.test";
const listeners: Record<string, (event: unknown) => void> = {};
const kept = new Map<string, Response>();
let network: (path: string) => Promise<Response>;

const cache = {
  match: async (what: Request | string) => kept.get(pathOf(what))?.clone(),
  put: async (what: Request | string, answer: Response) => void kept.set(pathOf(what), answer),
  keys: async () => [...kept.keys()].map((path) => ({ url: ORIGIN + path })),
  delete: async (what: { url: string }) => kept.delete(pathOf(what.url)),
  async addAll(paths: string[]) {
    const answers = await Promise.all(paths.map(network));
    paths.forEach((path, place) => kept.set(path, answers[place] as Response));
  },
};

function pathOf(what: Request | string): string {
  return new URL(typeof what === "string" ? what : what.url, ORIGIN).pathname;
}

beforeEach(async () => {
  vi.useFakeTimers();
  vi.stubGlobal("self", {
    location: { origin: ORIGIN },
    addEventListener: (kind: string, listener: (event: unknown) => void) => (listeners[kind] = listener),
  });
  vi.stubGlobal("caches", { open: async () => cache });
  vi.stubGlobal("fetch", (what: Request | string) => network(pathOf(what)));
  vi.resetModules();
  await vi.importActual("./sw");
});

afterEach(() => {
  kept.clear();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** `shown`: what the browser shows; `done`: when nothing more is done for it. */
function open(): { shown: Promise<string>; done: Promise<unknown> } {
  let shown: Promise<Response> | undefined;
  let done: Promise<unknown> = Promise.resolve();
  listeners.fetch?.({
    request: { method: "GET", mode: "navigate", url: `${ORIGIN}/conversations/7` },
    respondWith: (answer: Promise<Response>) => (shown = answer),
    waitUntil: (work: Promise<unknown>) => (done = work.catch(() => undefined)),
  });
  return { shown: (shown as Promise<Response>).then((answer) => answer.text()), done };
}

const pageOf = (build: string) => `<script src="/assets/main-${build}.js"></script>`;
const whole = (build: string) => async (path: string) => new Response(path.startsWith("/assets/") ? path : pageOf(build));

async function openedOnce(build: string): Promise<void> {
  network = whole(build);
  await open().done;
}

test("the present page is shown, and kept with its files in place of the one before", async () => {
  await openedOnce("AAAAAAAA");
  network = whole("BBBBBBBB");
  const { shown, done } = open();
  expect(await shown).toBe(pageOf("BBBBBBBB"));
  await done;
  expect([...kept.keys()].sort()).toEqual(["/", "/assets/main-BBBBBBBB.js"]);
});

test("without a network, and with a server in trouble, the one that was kept is shown", async () => {
  await openedOnce("AAAAAAAA");
  network = () => Promise.reject(new TypeError("offline"));
  expect(await open().shown).toBe(pageOf("AAAAAAAA"));
  network = async () => new Response("Bad gateway", { status: 502 });
  expect(await open().shown).toBe(pageOf("AAAAAAAA"));
});

test("a line that hangs does not hold up what was kept, and what comes late is there the next time", async () => {
  await openedOnce("AAAAAAAA");
  let come: (answer: Response) => void = () => undefined;
  network = (path) => (path.startsWith("/assets/") ? whole("BBBBBBBB")(path) : new Promise((resolve) => (come = resolve)));
  const { shown, done } = open();
  await vi.advanceTimersByTimeAsync(4_000);
  expect(await shown).toBe(pageOf("AAAAAAAA"));
  come(new Response(pageOf("BBBBBBBB")));
  await done;
  expect(await kept.get("/")?.clone().text()).toBe(pageOf("BBBBBBBB"));
});

test("a page whose files do not come takes nothing away, and is kept with them the next time", async () => {
  await openedOnce("AAAAAAAA");
  network = async (path) => {
    if (path.startsWith("/assets/")) throw new TypeError("the line broke");
    return new Response(pageOf("BBBBBBBB"));
  };
  const { shown, done } = open();
  expect(await shown).toBe(pageOf("BBBBBBBB"));
  await done;
  expect([...kept.keys()].sort()).toEqual(["/", "/assets/main-AAAAAAAA.js"]);
  expect(await kept.get("/")?.clone().text()).toBe(pageOf("AAAAAAAA"));
  await openedOnce("BBBBBBBB");
  expect([...kept.keys()].sort()).toEqual(["/", "/assets/main-BBBBBBBB.js"]);
});

test("who is sent elsewhere to log in goes there", async () => {
  await openedOnce("AAAAAAAA");
  network = async () => new Response("log in", { status: 401 });
  expect(await open().shown).toBe("log in");
});
