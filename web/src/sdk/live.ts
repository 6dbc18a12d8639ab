// Which conversations are followed, how their messages come, and how nothing is missed: joins by position, holes that are
// asked for, and after an outage a sync of everything that was open before.

import type { Link } from "./connection";
import type { Update } from "./contract";
import { unreadOf } from "./conversation";
import { isMessagingError } from "./errors";
import { asMessages } from "./merge";
import type { Rest } from "./rest";
import { shownRun, threadOf } from "./selectors";
import type { Store } from "./store";
import { hasHole } from "./thread";
import type { Conversation, Message } from "./types";

const PAGE = 50;
const HOLE_PATIENCE = 1_000;
/** One who looks at another conversation for a moment comes back to a room that was never left. */
const LINGER = 5_000;

export interface Live {
  watch: (id: number) => () => void;
  reload: (id: number) => Promise<void>;
  loadConversation: (id: number) => Promise<void>;
  loadOlder: (id: number) => Promise<void>;
  loadNewer: (id: number) => Promise<void>;
  /** So many of the last messages, a page at most. */
  loadLatest: (id: number, limit?: number) => Promise<void>;
  jumpTo: (id: number, seq: number) => Promise<void>;
  jumpToLatest: (id: number) => Promise<void>;
  /** Something came live: if its predecessors do not follow soon they are asked for. */
  watchHole: (id: number) => void;
  /** One's own mark moved: what is left is asked for where too little is loaded to count it. */
  recount: (id: number) => Promise<void>;
  isWatched: (id: number) => boolean;
  /** After each connection. Resolves when everything missed is there. */
  catchUp: () => Promise<void>;
  stop: () => void;
}

export function createLive({ store, link, rest, now }: { store: Store; link: Link; rest: Rest; now: () => number }): Live {
  const watched = new Map<number, number>();
  const holes = new Map<number, ReturnType<typeof setTimeout>>();
  const leaving = new Map<number, ReturnType<typeof setTimeout>>();
  const following = new Map<number, Promise<void>>();
  const paging = new Set<string>();
  /** What is being counted; true: and once more, since the mark moved on. */
  const counting = new Map<number, boolean>();
  const thread = (id: number) => threadOf(store.getState(), id);
  const epoch = () => store.getState().epoch;

  /** Enters the room and takes page by page what was missed. */
  async function join(id: number): Promise<void> {
    for (;;) {
      const { position } = thread(id);
      const after = position === null ? {} : { afterSeq: position.seq, afterChange: position.change };
      const update = await link.ask("join_room", { conversationId: id, epoch: epoch(), ...after });
      // It follows this one anew, and would wait for itself.
      if (update.resync) return void restored();
      store.dispatch({ type: "room/joined", update });
      if (!update.hasMore || position === null) return;
    }
  }

  /** The server has another past than this client: all of it is asked for anew. */
  async function restored(): Promise<void> {
    store.dispatch({ type: "server/restored" });
    await Promise.all([...watched.keys()].map((id) => followAnew(id)));
  }

  /** One at a time for each conversation. Without a connection the history comes by REST alone. */
  function follow(id: number): Promise<void> {
    const running = following.get(id);
    if (running !== undefined) return running;
    const begun = followOnce(id).finally(() => following.delete(id));
    following.set(id, begun);
    return begun;
  }

  /** After a connection: one that is under way may have begun without it, or with the one before, and is in no room. */
  async function followAnew(id: number): Promise<void> {
    await following.get(id);
    await follow(id);
  }

  async function followOnce(id: number): Promise<void> {
    store.dispatch({ type: "thread/loading", id });
    try {
      const isNew = thread(id).status !== "ready";
      const known = thread(id).position !== null;
      if (link.isOnline()) await join(id);
      if (isNew || !known) await loadLatest(id);
      if (store.getState().conversations[id] === undefined) await loadConversation(id);
    } catch (error) {
      if (!isMessagingError(error)) throw error;
      if (error.code === "NOT_FOUND") store.dispatch({ type: "conversation/gone", id });
      else store.dispatch({ type: "thread/failed", id });
    }
  }

  async function loadConversation(id: number): Promise<void> {
    const asOf = now();
    const { conversation } = await rest.conversations.get(id);
    store.dispatch({ type: "conversations/told", conversations: [conversation as unknown as Conversation], asOf });
  }

  async function refreshConversation(id: number): Promise<void> {
    try {
      await loadConversation(id);
    } catch (error) {
      if (!isMessagingError(error)) throw error;
      if (error.code === "NOT_FOUND") store.dispatch({ type: "conversation/gone", id });
    }
  }

  function isCounted(id: number): boolean {
    const { conversations, threads, me } = store.getState();
    const conversation = conversations[id];
    return conversation === undefined || conversation.unreadCount === 0 || unreadOf(conversation, threads[id], me?.id ?? 0) !== null;
  }

  async function recount(id: number): Promise<void> {
    if (isCounted(id)) return;
    if (counting.has(id)) return void counting.set(id, true);
    counting.set(id, false);
    await refreshConversation(id);
    const isMore = counting.get(id) === true;
    counting.delete(id);
    if (isMore) await recount(id);
  }

  async function load(id: number, query: { beforeSeq?: number; afterSeq?: number; limit?: number }): Promise<readonly Message[]> {
    const page = await rest.messages.history(id, { limit: PAGE, ...query });
    const items = asMessages(page.items);
    const isStart = query.afterSeq === undefined && !page.hasMore;
    store.dispatch({ type: "history/loaded", id, items, isStart });
    return items;
  }

  async function loadLatest(id: number, limit = PAGE): Promise<void> {
    await load(id, { limit: Math.min(limit, PAGE) });
  }

  /** The same page is asked for once at a time. */
  async function once(key: string, work: () => Promise<unknown>): Promise<void> {
    if (paging.has(key)) return;
    paging.add(key);
    try {
      await work();
    } finally {
      paging.delete(key);
    }
  }

  async function jumpTo(id: number, seq: number): Promise<void> {
    const isKnown = thread(id).messages.some((message) => message.seq === seq);
    if (!isKnown) await Promise.all([load(id, { beforeSeq: seq + 1 }), load(id, { afterSeq: seq })]);
    store.dispatch({ type: "thread/anchored", id, seq });
  }

  async function sync(ids: readonly number[]): Promise<void> {
    const positions = Object.fromEntries(ids.flatMap((id) => (thread(id).position === null ? [] : [[id, thread(id).position]])));
    const asOf = now();
    const reply = await link.ask("sync", { positions, epoch: epoch() } as never);
    const updates: Update[] = Object.values(reply.conversations);
    if (updates.some((update) => update.resync)) return restored();
    for (const update of updates) store.dispatch({ type: "room/joined", update });
    for (const id of reply.gone) store.dispatch({ type: "conversation/gone", id });
    store.dispatch({ type: "conversations/told", conversations: reply.others as Conversation[], asOf });
    const unfinished = updates.filter((update) => update.hasMore).map((update) => update.conversationId);
    if (unfinished.length > 0) await sync(unfinished);
  }

  return {
    watch(id) {
      clearTimeout(leaving.get(id));
      const before = watched.get(id) ?? 0;
      watched.set(id, before + 1);
      if (before === 0) {
        store.dispatch({ type: "thread/opened", id });
        void follow(id);
      }
      return () => {
        const left = (watched.get(id) ?? 1) - 1;
        watched.set(id, left);
        if (left > 0) return;
        watched.delete(id);
        // What was unread this time is not what will be unread the next time.
        store.dispatch({ type: "thread/left", id });
        leaving.set(
          id,
          setTimeout(() => {
            if (!watched.has(id)) link.mention("leave_room", { conversationId: id });
          }, LINGER),
        );
      };
    },
    reload: follow,
    loadConversation: refreshConversation,
    loadOlder(id) {
      const first = shownRun(thread(id))[0]?.seq;
      return first === undefined ? follow(id) : once(`older ${id}`, () => load(id, { beforeSeq: first }));
    },
    loadNewer(id) {
      const last = shownRun(thread(id)).at(-1)?.seq;
      return last === undefined ? follow(id) : once(`newer ${id}`, () => load(id, { afterSeq: last }));
    },
    loadLatest,
    jumpTo,
    async jumpToLatest(id) {
      const { messages, lastSeq } = thread(id);
      if ((messages.at(-1)?.seq ?? 0) < lastSeq) await loadLatest(id);
      store.dispatch({ type: "thread/anchored", id, seq: null });
    },
    watchHole(id) {
      if (!hasHole(thread(id)) || holes.has(id)) return;
      const look = () => {
        holes.delete(id);
        if (hasHole(thread(id)) && link.isOnline()) void follow(id);
      };
      holes.set(id, setTimeout(look, HOLE_PATIENCE));
    },
    recount,
    isWatched: (id) => watched.has(id),
    async catchUp() {
      await Promise.all([...watched.keys()].map((id) => followAnew(id)));
      const others = Object.keys(store.getState().threads).map(Number).filter((id) => !watched.has(id));
      await sync(others);
    },
    stop() {
      for (const timer of [...holes.values(), ...leaving.values()]) clearTimeout(timer);
    },
  };
}
