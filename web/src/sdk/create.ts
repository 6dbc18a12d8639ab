// Puts the parts together: one state, one socket, one outbox.

import { createChosen, type ChosenFiles } from "./chosen";
import { connect } from "./connection";
import { isMessagingError } from "./errors";
import { createHttp } from "./http";
import { openKept, type Kept } from "./kept";
import { listen } from "./listen";
import { createLists } from "./lists";
import { createLive } from "./live";
import { createMarks } from "./marks";
import { asMessages } from "./merge";
import type { Messaging, MessagingOptions } from "./messaging";
import { createOutbox, type Outbox } from "./outbox";
import { writtenAnew } from "./outbox-item";
import { createReceiving } from "./receive";
import { createRest } from "./rest";
import { createStore } from "./store";
import { openTabs, type Tabs } from "./tabs";
import { createTickets } from "./tickets";
import { createTyping } from "./typing";
import type { Chosen, Draft, Language, Me } from "./types";
import { upload, uploadPicture } from "./upload";
import { createWatches } from "./watches";
import type { Word } from "./word";

const ASK_AGAIN = 2_000;

interface Identity {
  me: Me;
  /** What is kept in the browser is sealed with it. */
  sealKey: string;
}

/** What belongs to one person in this browser. */
interface Mine {
  kept: Kept;
  tabs: Tabs<Word>;
  outbox: Outbox;
  chosen: ChosenFiles;
  /** What is kept, opened again after it was closed. */
  again: () => Promise<Kept>;
}

/** `url` is the server's origin; "" for the one that the page came from. */
export function createMessaging(url: string, options: MessagingOptions): Messaging {
  const language = options.language ?? browserLanguage;
  const token = async (wish: { renew: boolean }) => (typeof options.token === "string" ? options.token : options.token(wish));
  const store = createStore();
  const rest = createRest(createHttp({ url, language, token }));
  let tick = 0;
  const now = () => ++tick;
  const link = connect({
    url,
    token,
    changed: (connection) => store.dispatch({ type: "connection/changed", connection }),
    ended: (because) => options.onEnded?.(because),
  });
  const live = createLive({ store, link, rest, now });
  const marks = createMarks({ store, link });
  const typing = createTyping(link);
  const receiving = createReceiving({ store, link, live, marks });
  const lists = createLists({ store, rest, now });
  const watches = createWatches({ store, link });
  const tickets = createTickets(url, rest);
  let isStopped = false;
  let mine: Mine | null = null;
  /** How often each draft was given. */
  const drafted = new Map<number, number>();

  listen({ store, link, live, marks, receiving, now });
  link.on("connection_established", () => void cameBack());

  async function cameBack(): Promise<void> {
    mine?.outbox.flush();
    try {
      await Promise.all([live.catchUp(), watches.again()]);
      marks.again();
      await lists.again();
      receiving.lookThrough();
    } catch (error) {
      // Lost again: the next connection begins anew.
      if (!isMessagingError(error)) throw error;
    }
  }

  async function open({ me, sealKey }: Identity): Promise<void> {
    const name = `${url === "" ? globalThis.location?.origin : url}:${me.id}`;
    const again = () => openKept(name, options.storage ?? "browser", sealKey);
    const kept = await again();
    const tabs = openTabs<Word>(`colloque:${name}`);
    const outbox = createOutbox({
      store,
      link,
      kept,
      tabs,
      upload: (id, file, onProgress, signal) => upload({ url, language, token }, id, file, { onProgress, signal }),
    });
    const chosen = createChosen({ store, kept, changed: (id) => tabs.tell({ about: "chosen", id }) });
    mine = { kept, tabs, outbox, chosen, again };
    tabs.onWord(heard);
    await outbox.load();
    await chosen.load();
    store.dispatch({ type: "drafts/loaded", drafts: await kept.drafts() });
  }

  function heard(word: Word): void {
    if (word.about === "outbox") void mine?.outbox.look(word.clientMessageId);
    else if (word.about === "progress") mine?.outbox.progressed(word.clientMessageId, word.files);
    else if (word.about === "chosen") void mine?.chosen.look(word.id);
    else if (word.about === "draft") store.dispatch({ type: "draft/changed", id: word.id, draft: word.draft });
    else options.onEnded?.("signed_out");
  }

  /** Null when it was stopped before there was an answer. */
  async function whoIsThis(): Promise<Identity | null> {
    while (!isStopped) {
      try {
        const { user, sealKey } = await rest.account.me();
        return { me: user as Me, sealKey };
      } catch (error) {
        if (!isMessagingError(error) || !error.isTemporary) throw error;
        await new Promise((resolve) => {
          setTimeout(resolve, ASK_AGAIN);
        });
      }
    }
    return null;
  }

  function stop(): void {
    isStopped = true;
    link.stop();
    live.stop();
    marks.stop();
    typing.stop();
    mine?.outbox.stop();
    mine?.tabs.close();
    mine?.kept.close();
  }

  function opened(): Mine {
    if (mine === null) throw new Error("start() has not been called, or has not resolved yet");
    return mine;
  }

  return {
    url,
    rest,
    getState: store.getState,
    subscribe: store.subscribe,
    on: link.on,
    ask: link.ask,

    async start() {
      isStopped = false;
      const identity = await whoIsThis();
      if (identity === null) return;
      store.dispatch({ type: "session/known", me: identity.me });
      await open(identity);
      if (!isStopped) link.start();
    },
    stop,
    async clear() {
      mine?.tabs.tell({ about: "signed_out" });
      const kept = mine?.kept;
      stop();
      mine = null;
      await kept?.erase();
      store.dispatch({ type: "session/forgotten" });
    },
    reconnect: link.reconnect,

    loadConversation: live.loadConversation,
    loadList: lists.load,
    openWith: lists.openWith,
    openAbout: lists.openAbout,
    settle: lists.settle,

    watch: live.watch,
    reload: live.reload,
    loadOlder: live.loadOlder,
    loadNewer: live.loadNewer,
    jumpTo: live.jumpTo,
    jumpToLatest: live.jumpToLatest,

    send(id, message) {
      typing.stopTyping(id);
      const { outbox, chosen } = opened();
      return outbox.add(id, message, { staying: chosen.leave(id, message.files ?? []), draft: message.isDraft ?? false });
    },
    retry: (clientMessageId) => opened().outbox.retry(clientMessageId),
    discard: (clientMessageId) => opened().outbox.discard(clientMessageId),
    async takeBack(clientMessageId) {
      const { kept, outbox, chosen } = opened();
      const taken = await writtenAnew(kept, clientMessageId);
      if (taken === null) return null;
      const { conversationId, ...message } = taken;
      // Its files lie there before they are gone from here.
      await chosen.set(conversationId, { files: [...message.files, ...(store.getState().chosen[conversationId]?.files ?? [])] });
      outbox.discard(clientMessageId);
      return message;
    },
    async edit(messageId, content) {
      const { message } = await rest.messages.edit(messageId, content);
      store.dispatch({ type: "messages/arrived", messages: asMessages([message]), live: false });
    },
    async remove(messageId) {
      const { message } = await rest.messages.remove(messageId);
      store.dispatch({ type: "messages/arrived", messages: asMessages([message]), live: false });
    },
    async react(messageId, emoji, isThere) {
      const { message } = await link.ask(isThere ? "add_reaction" : "remove_reaction", { messageId, emoji });
      store.dispatch({ type: "messages/arrived", messages: asMessages([message]), live: false });
    },

    seen: marks.seen,
    typing: typing.typing,
    stopTyping: typing.stopTyping,
    prepareDraft: (id, draft) => void mine?.kept.sealDraft(id, draft),
    setDraft(id, draft) {
      store.dispatch({ type: "draft/changed", id, draft });
      void keepDraft(id, draft);
    },

    setChosen: (id, change) => void choose(id, change),

    upload: (id, file, wishes) => upload({ url, language, token }, id, file, wishes),
    uploadPicture: (file, wishes) => uploadPicture({ url, language, token }, file, wishes),
    fileUrl: tickets.url,
    watchPresence: watches.presence,
    watchStats: watches.stats,
  };

  /** A recording that is cut off by the end of the session is finished after it: it waits for the same person all the same. */
  async function choose(id: number, change: Partial<Chosen>): Promise<void> {
    if (mine === null || !isStopped) return mine?.chosen.set(id, change);
    const kept = await mine.again();
    await createChosen({ store, kept, changed: () => {} }).set(id, change);
    kept.close();
  }

  async function keepDraft(id: number, draft: Draft | null): Promise<void> {
    if (mine === null) return;
    const { kept, tabs, outbox } = mine;
    const number = (drafted.get(id) ?? 0) + 1;
    drafted.set(id, number);
    // What was sent of it lies in the outbox before it is gone from here.
    if (draft === null) await outbox.written();
    if (drafted.get(id) !== number) return;
    await kept.putDraft(id, draft);
    tabs.tell({ about: "draft", id, draft });
  }
}

function browserLanguage(): Language {
  return typeof navigator !== "undefined" && navigator.language.toLowerCase().startsWith("en") ? "en" : "fr";
}
