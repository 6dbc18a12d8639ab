// Which room one is in, when the connection comes or the server has another past while something else is on its way.

import { beforeEach, expect, test, vi } from "vitest";
import type { Link } from "./connection";
import { createLive, type Live } from "./live";
import type { Rest } from "./rest";
import { createStore } from "./store";

const ID = 7;
const JOINED = { ok: true, conversationId: ID, lastSeq: 0, lastChange: 0, messages: [], changes: [], participants: [], hasMore: false };
const CONVERSATION = { id: ID, lastSeq: 0, lastChange: 0, unreadCount: 0, participantInfo: { id: 4, online: false } };

let live: Live;
let asked: string[];
let isOnline: boolean;
/** The server is behind what this client has. */
let isBehind: boolean;
let pages: (() => void)[];

beforeEach(() => {
  [asked, pages, isOnline, isBehind] = [[], [], false, false];
  const link = {
    isOnline: () => isOnline,
    async ask(event: string, { afterSeq }: { afterSeq?: number }) {
      asked.push(event);
      if (event === "sync") return { conversations: {}, gone: [], others: [], hasMore: false };
      return { ...JOINED, position: { seq: 0, change: 0 }, resync: isBehind && afterSeq !== undefined };
    },
  } as unknown as Link;
  const history = () => new Promise((resolve) => pages.push(() => resolve({ items: [], hasMore: false })));
  const rest = { messages: { history }, conversations: { get: async () => ({ conversation: CONVERSATION }) } } as unknown as Rest;
  live = createLive({ store: createStore((run) => run()), link, rest, now: () => 0 });
});

async function pageComes(): Promise<void> {
  await vi.waitFor(() => expect(pages).toHaveLength(1));
  pages.shift()?.();
}

test("a conversation that was opened before there was a connection is joined as soon as there is one", async () => {
  live.watch(ID);
  await vi.waitFor(() => expect(pages).toHaveLength(1));
  // The connection comes while the first page is still on its way.
  isOnline = true;
  const caughtUp = live.catchUp();
  await pageComes();
  await vi.waitFor(() => expect(asked).toContain("join_room"));
  // What came between that page and the room is asked for, too.
  await pageComes();
  await caughtUp;
});

test("a server that says in a room that it has another past is asked for all of it anew", async () => {
  isOnline = true;
  live.watch(ID);
  const opened = live.reload(ID);
  await pageComes();
  await opened;
  isBehind = true;
  await live.reload(ID);
  await pageComes();
  expect(asked).toEqual(["join_room", "join_room", "join_room"]);
});
