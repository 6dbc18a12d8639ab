// What a person can do in the messenger, and what the page does by itself: load, follow, mark, send again.

import { ApiError } from "./api.js";
import { Outbox } from "./outbox.js";
import { Realtime } from "./realtime.js";
import { lastSeqOfOthers } from "./thread.js";

const PAGE = 50;
const TYPING_EVERY = 3_000;
const TYPING_IDLE = 4_000;
const RECEIVED_AT_ONCE = 20;

export class Messenger {
  #typing = { conversationId: null, since: 0, timer: null };
  #marking = new Set();

  constructor({ api, store, onEnded }) {
    this.api = api;
    this.store = store;
    this.realtime = new Realtime({
      api,
      store,
      onBack: () => this.#cameBack(),
      onChanged: (conversation) => this.#receive(conversation),
      onEnded,
    });
    this.outbox = new Outbox({ store, realtime: this.realtime });
  }

  start() {
    this.realtime.start();
    this.loadList();
  }

  stop() {
    this.realtime.stop();
    this.outbox.stop();
    clearTimeout(this.#typing.timer);
  }

  // -- the list -------------------------------------------------------------------------------------------------------

  async loadList({ query = this.store.state.list.query, more = false } = {}) {
    const before = more ? this.store.state.list.next : null;
    if (!more) this.store.dispatch({ type: "list/asked", query });
    this.store.dispatch({ type: "list/loading" });
    try {
      const page = await this.api.get("/api/messaging/conversations", { limit: PAGE, q: query.trim(), before });
      this.store.dispatch({ type: "list/loaded", items: page.items, next: page.next, query, append: more });
    } catch (error) {
      this.#expect(error);
      this.store.dispatch({ type: "list/failed" });
    }
  }

  async people(query) {
    const path = query === "" ? "/api/messaging/available-users" : "/api/messaging/search-users";
    return (await this.api.get(path, { q: query })).items;
  }

  /** Resolves when the conversation is there; what is in it comes afterwards. Rejects with ApiError. */
  async startWith(participantId) {
    const { conversation } = await this.api.post("/api/messaging/conversations", { participantId });
    this.store.dispatch({ type: "conversation/changed", conversation });
    this.#quietly(this.open(conversation.id));
  }

  // -- one conversation -----------------------------------------------------------------------------------------------

  async open(conversationId) {
    const before = this.store.state.openId;
    if (before === conversationId) return;
    this.close();
    this.store.dispatch({ type: "conversation/opened", conversationId });
    await this.follow(conversationId);
  }

  close() {
    const { openId } = this.store.state;
    if (openId === null) return;
    this.stopTyping();
    this.store.dispatch({ type: "conversation/closed" });
    if (this.realtime.socket.connected) this.#quietly(this.realtime.ask("leave_room", { conversationId: openId }));
  }

  /** Enters the room, then loads what the position cannot say. Without a connection the history comes by REST alone. */
  async follow(conversationId) {
    const isNew = (this.store.state.threads[conversationId]?.status ?? "new") !== "ready";
    if (isNew) this.store.dispatch({ type: "thread/loading", conversationId });
    try {
      const toLoad = this.realtime.socket.connected ? await this.realtime.join(conversationId) : isNew;
      if (toLoad || isNew) await this.#loadHistory(conversationId);
      this.markSeen();
    } catch (error) {
      this.#expect(error);
      if (error.code === "NOT_FOUND") this.store.dispatch({ type: "conversation/removed", conversationId });
      else if (isNew) this.store.dispatch({ type: "thread/failed", conversationId });
    }
  }

  async loadOlder(conversationId) {
    const thread = this.store.state.threads[conversationId];
    const oldest = Math.min(...Object.values(thread.messages).map((message) => message.seq));
    await this.#loadHistory(conversationId, oldest);
  }

  async #loadHistory(conversationId, beforeSeq = null) {
    const page = await this.api.get(`/api/messaging/conversations/${conversationId}/messages`, { limit: PAGE, beforeSeq });
    this.store.dispatch({
      type: "history/loaded",
      conversationId,
      items: page.items,
      hasMore: page.hasMore,
      older: beforeSeq !== null,
    });
  }

  // -- marks ----------------------------------------------------------------------------------------------------------

  /** Read is only what was on a screen that somebody looks at; delivered is what this page holds. */
  markSeen() {
    const { openId, threads, me } = this.store.state;
    const thread = threads[openId];
    if (thread?.status !== "ready" || !this.realtime.socket.connected) return;
    const last = lastSeqOfOthers(thread, me.id);
    const mine = thread.participants[me.id] ?? { readSeq: 0, deliveredSeq: 0 };
    if (last > mine.readSeq && document.visibilityState === "visible" && document.hasFocus()) {
      this.#mark("mark_as_read", openId, last);
    } else if (last > mine.deliveredSeq) {
      this.#mark("mark_as_delivered", openId, last);
    }
  }

  async #mark(event, conversationId, upToSeq) {
    const once = `${event} ${conversationId} ${upToSeq}`;
    if (this.#marking.has(once)) return;
    this.#marking.add(once);
    await this.#quietly(this.realtime.ask(event, { conversationId, upToSeq }));
    this.#marking.delete(once);
  }

  /** A conversation that is not open has something new: it is fetched, and only then said to have been delivered. */
  async #receive(conversation) {
    const { openId, threads, me } = this.store.state;
    const known = threads[conversation.id]?.participants[me.id]?.deliveredSeq ?? 0;
    if (conversation.id === openId || conversation.unreadCount === 0 || conversation.lastSeq <= known) return;
    await this.#quietly(
      this.#loadHistory(conversation.id).then(() => {
        const last = lastSeqOfOthers(this.store.state.threads[conversation.id], me.id);
        return this.#mark("mark_as_delivered", conversation.id, last);
      }),
    );
  }

  // -- writing --------------------------------------------------------------------------------------------------------

  send(conversationId, content) {
    this.stopTyping();
    this.outbox.add(conversationId, content);
  }

  async edit(message, content) {
    this.stopTyping();
    this.#changed(await this.api.patch(`/api/messaging/messages/${message.id}`, { content }));
  }

  async delete(message) {
    this.#changed(await this.api.delete(`/api/messaging/messages/${message.id}`));
  }

  typing(conversationId) {
    const now = Date.now();
    if (this.#typing.conversationId !== conversationId || now - this.#typing.since > TYPING_EVERY) {
      this.#typing.conversationId = conversationId;
      this.#typing.since = now;
      this.realtime.mention("typing_start", { conversationId });
    }
    clearTimeout(this.#typing.timer);
    this.#typing.timer = setTimeout(() => this.stopTyping(), TYPING_IDLE);
  }

  stopTyping() {
    const { conversationId, timer } = this.#typing;
    clearTimeout(timer);
    if (conversationId === null) return;
    this.#typing.conversationId = null;
    this.realtime.mention("typing_stop", { conversationId });
  }

  // -- the connection -------------------------------------------------------------------------------------------------

  async #cameBack() {
    const { openId, threads } = this.store.state;
    this.outbox.flush();
    if (openId !== null) await this.follow(openId);
    const others = Object.keys(threads).map(Number).filter((id) => id !== openId);
    await this.#quietly(this.realtime.sync(others));
    await this.loadList();
    const conversations = Object.values(this.store.state.conversations);
    await this.#quietly(this.#askPresence(conversations));
    for (const conversation of conversations.slice(0, RECEIVED_AT_ONCE)) await this.#receive(conversation);
  }

  async #askPresence(conversations) {
    const userIds = [...new Set(conversations.map((conversation) => conversation.participantInfo.id))];
    if (userIds.length === 0) return;
    const { presence } = await this.realtime.ask("get_presence", { userIds });
    for (const person of presence) this.store.dispatch({ type: "presence/changed", ...person });
  }

  #changed({ message }) {
    this.store.dispatch({ type: "message/arrived", message, live: false });
  }

  /** A refusal or a lost connection here costs nothing: the next event or the next connection does it again. */
  async #quietly(promise) {
    try {
      await promise;
    } catch (error) {
      this.#expect(error);
    }
  }

  #expect(error) {
    if (!(error instanceof ApiError) && error.code === undefined) throw error;
  }
}
