// The one socket. It comes back by itself; what it missed is asked for by position, never guessed.

import { io } from "/assets/socket.io.esm.min.js";

const ACK_TIMEOUT = 10_000;
const HOLE_PATIENCE = 1_000;
const TOKEN_RETRY = 1_000;

export class Refused extends Error {
  constructor({ code, message, retryAfter }) {
    super(message);
    Object.assign(this, { code, retryAfter });
  }
}

export class Realtime {
  #holes = new Map();
  #onEnded;
  #renewal = null;

  /**
   * `onBack()` is told after each connection, `onChanged(conversation)` when one outside the open room changed,
   * `onEnded(because)` when the server wants this socket to stay away.
   */
  constructor({ api, store, onBack, onChanged, onEnded }) {
    this.api = api;
    this.store = store;
    this.#onEnded = onEnded;
    this.socket = io({ autoConnect: false, auth: (answer) => this.#authenticate(answer), reconnectionDelayMax: 4000 });
    this.socket.on("connect", () => onBack());
    this.socket.on("disconnect", (reason) => this.#lost(reason));
    this.socket.on("connect_error", (error) => this.#notConnected(error));
    this.#listen(onChanged);
  }

  start() {
    this.socket.connect();
  }

  stop() {
    for (const timer of [...this.#holes.values(), this.#renewal]) clearTimeout(timer);
    this.socket.disconnect();
  }

  /** The ack of an event. Throws Refused; a lost connection or silence is Refused with code UNAVAILABLE. */
  async ask(event, data) {
    let ack;
    try {
      ack = await this.socket.timeout(ACK_TIMEOUT).emitWithAck(event, data);
    } catch {
      throw new Refused({ code: "UNAVAILABLE", message: "" });
    }
    if (ack?.ok === true) return ack;
    throw new Refused(ack?.error ?? { code: "INTERNAL", message: "" });
  }

  /** For what is worth nothing later, such as typing. */
  mention(event, data) {
    if (this.socket.connected) this.socket.volatile.emit(event, data, () => {});
  }

  /** Enters the room and tells the store page by page what was missed. True when the history has to be loaded (anew). */
  async join(conversationId) {
    for (;;) {
      const position = this.store.state.threads[conversationId]?.position ?? null;
      const asked = position === null ? {} : { afterSeq: position.seq, afterChange: position.change };
      const update = await this.ask("join_room", { conversationId, ...asked });
      if (update.resync) {
        this.store.dispatch({ type: "thread/reset", conversationId });
        continue;
      }
      this.store.dispatch({ type: "room/joined", conversationId, update });
      if (!update.hasMore || position === null) return position === null;
    }
  }

  /** What was missed of the conversations that were open before; the open one joins its room itself. */
  async sync(conversationIds) {
    const threads = this.store.state.threads;
    const known = conversationIds.filter((id) => threads[id]?.position);
    const positions = Object.fromEntries(known.map((id) => [id, threads[id].position]));
    if (known.length === 0) return;
    const reply = await this.ask("sync", { positions });
    for (const [key, update] of Object.entries(reply.conversations)) {
      const conversationId = Number(key);
      if (update.resync) this.store.dispatch({ type: "thread/reset", conversationId });
      else this.store.dispatch({ type: "room/joined", conversationId, update });
    }
    for (const conversationId of reply.gone) this.store.dispatch({ type: "conversation/removed", conversationId });
    const unfinished = Object.entries(reply.conversations).filter(([, update]) => update.hasMore && !update.resync);
    if (unfinished.length > 0) await this.sync(unfinished.map(([key]) => Number(key)));
  }

  #listen(onChanged) {
    const { socket } = this;
    const tell = (type) => (data) => this.store.dispatch({ type, ...data });
    for (const event of ["new_message", "message_updated", "message_deleted"]) {
      socket.on(event, ({ message }) => {
        this.store.dispatch({ type: "message/arrived", message, live: true });
        this.#watchHole(message.conversationId);
      });
    }
    socket.on("messages_read", tell("marks/read"));
    socket.on("messages_delivered", tell("marks/delivered"));
    socket.on("typing_start", tell("typing/started"));
    socket.on("typing_stop", tell("typing/stopped"));
    socket.on("presence_changed", tell("presence/changed"));
    socket.on("unread_count", tell("unread/changed"));
    for (const event of ["conversation_created", "conversation_updated"]) {
      socket.on(event, ({ conversation }) => {
        this.store.dispatch({ type: "conversation/changed", conversation });
        onChanged(conversation);
      });
    }
    socket.on("room_left", ({ conversationId, reason }) => {
      if (reason === "removed") this.store.dispatch({ type: "conversation/removed", conversationId });
    });
    socket.on("connection_established", ({ limits, unreadCount }) => {
      this.store.dispatch({ type: "limits/known", limits });
      this.store.dispatch({ type: "unread/changed", unreadCount });
      this.store.dispatch({ type: "connection/changed", connection: "online" });
    });
    socket.on("token_expiring", ({ expiresIn }) => this.#renewTokenIn(expiresIn / 2));
    socket.on("session_expired", ({ code }) => this.#expired(code));
  }

  /** Events may overtake one another for a moment; what still misses its predecessor then is asked for. */
  #watchHole(conversationId) {
    const isOpen = () => Object.keys(this.store.state.threads[conversationId]?.ahead ?? {}).length > 0;
    if (!isOpen() || this.#holes.has(conversationId)) return;
    const look = () => {
      this.#holes.delete(conversationId);
      if (isOpen() && this.socket.connected) this.join(conversationId).catch(() => this.#watchHole(conversationId));
    };
    this.#holes.set(conversationId, setTimeout(look, HOLE_PATIENCE));
  }

  async #authenticate(answer) {
    while (this.socket.active) {
      try {
        return answer({ token: await this.api.token() });
      } catch (error) {
        if (!error.isTemporary) return this.socket.disconnect();
        await new Promise((resolve) => setTimeout(resolve, TOKEN_RETRY));
      }
    }
  }

  #renewTokenIn(seconds) {
    clearTimeout(this.#renewal);
    this.#renewal = setTimeout(() => this.#renewToken(), seconds * 1000);
  }

  async #renewToken() {
    if (!this.socket.connected) return;
    try {
      await this.ask("refresh_token", { token: await this.api.token({ renew: true }) });
    } catch {
      // At its end the connection is closed; the next one asks for a token again.
    }
  }

  #expired(code) {
    if (code !== "TOO_MANY_SOCKETS") return;
    this.stop();
    this.#onEnded("too_many");
  }

  #lost(reason) {
    this.store.dispatch({ type: "connection/changed", connection: "offline" });
    if (reason === "io server disconnect") this.#reconnectWithNewToken();
  }

  #notConnected(error) {
    this.store.dispatch({ type: "connection/changed", connection: "offline" });
    if (!this.socket.active && error.data !== undefined) this.#reconnectWithNewToken();
  }

  /** The server said no for good to this token. With a session that still lives there is another one. */
  async #reconnectWithNewToken() {
    try {
      await this.api.token({ renew: true });
      this.socket.connect();
    } catch (error) {
      if (error.isTemporary) setTimeout(() => this.#reconnectWithNewToken(), TOKEN_RETRY);
    }
  }
}
