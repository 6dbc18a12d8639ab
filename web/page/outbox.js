// Messages on their way. Each keeps its clientMessageId over all tries, so that it is stored once whatever happens.

import { waitingMessages } from "./state.js";

const TRIES_APART = 2_000;
const TEMPORARY = new Set(["UNAVAILABLE", "RATE_LIMIT_EXCEEDED", "INTERNAL"]);
const MOST_TRIES = 10;

export class Outbox {
  #tries = new Map();
  #underWay = new Set();
  #timers = new Set();

  constructor({ store, realtime }) {
    this.store = store;
    this.realtime = realtime;
  }

  add(conversationId, content) {
    const clientMessageId = newId();
    const at = new Date().toISOString();
    this.store.dispatch({ type: "message/queued", conversationId, clientMessageId, content, at });
    this.#send({ conversationId, clientMessageId, content });
  }

  retry(conversationId, clientMessageId) {
    this.#tries.delete(clientMessageId);
    this.store.dispatch({ type: "message/retried", conversationId, clientMessageId });
    const { content } = this.store.state.threads[conversationId].pending[clientMessageId];
    this.#send({ conversationId, clientMessageId, content });
  }

  /** All that waits, in the order in which it was written. */
  flush() {
    for (const message of waitingMessages(this.store.state)) this.#send(message);
  }

  stop() {
    for (const timer of this.#timers) clearTimeout(timer);
  }

  async #send({ conversationId, clientMessageId, content }) {
    if (!this.realtime.socket.connected || this.#underWay.has(clientMessageId)) return;
    this.#underWay.add(clientMessageId);
    try {
      const { message } = await this.realtime.ask("send_message", { conversationId, clientMessageId, content });
      this.#tries.delete(clientMessageId);
      this.store.dispatch({ type: "message/arrived", message, live: false });
    } catch (error) {
      if (error.code === undefined) throw error;
      this.#failed({ conversationId, clientMessageId, content }, error);
    } finally {
      this.#underWay.delete(clientMessageId);
    }
  }

  /** Without a connection it waits for the next one; a temporary trouble is tried again; a refusal is shown. */
  #failed(message, error) {
    const { conversationId, clientMessageId } = message;
    const tries = (this.#tries.get(clientMessageId) ?? 0) + 1;
    if (!TEMPORARY.has(error.code) || tries > MOST_TRIES) {
      this.store.dispatch({ type: "message/refused", conversationId, clientMessageId, code: error.code });
      return;
    }
    if (!this.realtime.socket.connected) return;
    this.#tries.set(clientMessageId, tries);
    const timer = setTimeout(
      () => {
        this.#timers.delete(timer);
        this.#send(message);
      },
      error.retryAfter === undefined ? TRIES_APART : error.retryAfter * 1000,
    );
    this.#timers.add(timer);
  }
}

/** randomUUID is only there on https and on this machine; a demo on a phone in the same network has neither. */
function newId() {
  if (crypto.randomUUID !== undefined) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
