// Messages on their way. Each keeps its clientMessageId over all tries and all tabs, so that it is stored once whatever
// happens; those of one conversation go one after the other, in the order in which they were written.

import { anyOf } from "./any-of";
import type { Link } from "./connection";
import { isMessagingError, type MessagingError } from "./errors";
import type { Kept, KeptItem, Taken } from "./kept";
import { asMessages } from "./merge";
import { asFile, madeItem, shownOf, wireOf } from "./outbox-item";
import type { Store } from "./store";
import type { Tabs } from "./tabs";
import type { Attachment, NewMessage, OutboxFile, OutboxItem } from "./types";
import type { Word } from "./word";

/** So long without an answer, and without anything of a file getting through. */
const LATE_MS = 30_000;
const TRIES_APART = 2_000;

export interface OutboxOptions {
  store: Store;
  link: Link;
  kept: Kept;
  tabs: Tabs<Word>;
  upload: (conversationId: number, file: File, onProgress: (progress: number) => void, signal: AbortSignal) => Promise<Attachment>;
}

export interface Outbox {
  load: () => Promise<void>;
  add: (conversationId: number, message: NewMessage, taken?: Taken) => string;
  /** Resolves once all that was added lies in the database, or never will. */
  written: () => Promise<unknown>;
  retry: (clientMessageId: string) => void;
  discard: (clientMessageId: string) => void;
  /** Sends all that waits. */
  flush: () => void;
  /** Another tab changed this one. */
  look: (clientMessageId: string) => Promise<void>;
  /** Something of its files got through, here or from another tab. */
  progressed: (clientMessageId: string, files: OutboxFile[]) => void;
  stop: () => void;
}

export function createOutbox({ store, link, kept, tabs, upload }: OutboxOptions): Outbox {
  const late = new Map<string, ReturnType<typeof setTimeout>>();
  const stopped = new AbortController();
  const uploads = new Map<string, AbortController>();
  /** Their upload was given up to begin anew. */
  const restarted = new Set<string>();
  /** What was written and is being put into the database: a send waits for it, so that no tab can lose it. */
  const writing = new Map<string, Promise<void>>();
  const pausedUntil = new Map<number, number>();
  /** The last look at each: one that began before it and takes longer would show again what has gone. */
  const looks = new Map<string, symbol>();
  /** Sent or deleted, here or in another tab: a list that was read before does not bring it back. */
  const gone = new Set<string>();
  let isDraining = false;
  let isAsked = false;
  let wake = () => {};

  function show(clientMessageId: string, change: Partial<OutboxItem>): void {
    store.dispatch({ type: "outbox/changed", clientMessageId, change });
  }

  function watchLate(clientMessageId: string): void {
    clearTimeout(late.get(clientMessageId));
    const timer = setTimeout(() => {
      const item = store.getState().outbox.find((one) => one.clientMessageId === clientMessageId);
      if (item !== undefined && item.status !== "refused") show(clientMessageId, { status: "notSent" });
    }, LATE_MS);
    late.set(clientMessageId, timer);
  }

  /** What gets through is not late, nor is what waits behind it. */
  function progressed(clientMessageId: string, files: OutboxFile[]): void {
    const { outbox } = store.getState();
    const moving = outbox.find((one) => one.clientMessageId === clientMessageId);
    if (moving === undefined) return;
    show(clientMessageId, { files });
    for (const item of outbox) {
      if (item.conversationId !== moving.conversationId || item.order < moving.order || item.status === "refused") continue;
      watchLate(item.clientMessageId);
      if (item.status === "notSent") show(item.clientMessageId, { status: item === moving ? "sending" : "waiting" });
    }
  }

  /** What hangs before it, or is it itself, would keep this try waiting; what still gets through is left alone. */
  function restartHung(clientMessageId: string): void {
    const { outbox } = store.getState();
    const place = outbox.find((one) => one.clientMessageId === clientMessageId)?.conversationId;
    for (const hung of outbox.filter((one) => one.conversationId === place && one.status === "notSent")) {
      if (uploads.has(hung.clientMessageId)) restarted.add(hung.clientMessageId);
      uploads.get(hung.clientMessageId)?.abort();
    }
  }

  function remove(clientMessageId: string): void {
    clearTimeout(late.get(clientMessageId));
    late.delete(clientMessageId);
    looks.delete(clientMessageId);
    gone.add(clientMessageId);
    store.dispatch({ type: "outbox/removed", clientMessageId });
  }

  async function forget(clientMessageId: string): Promise<void> {
    remove(clientMessageId);
    await kept.remove(clientMessageId);
    tabs.tell({ about: "outbox", clientMessageId });
  }

  async function change(clientMessageId: string, change: Partial<OutboxItem>): Promise<void> {
    show(clientMessageId, change);
    await kept.change(clientMessageId, change);
    tabs.tell({ about: "outbox", clientMessageId });
  }

  async function keep(item: KeptItem, taken?: Taken): Promise<void> {
    if (!(await kept.put(item, taken))) show(item.clientMessageId, { isLostWithPage: true });
    if (taken?.staying !== undefined) tabs.tell({ about: "chosen", id: item.conversationId });
  }

  /** While this tab is the one that sends: each conversation by itself, so that none waits for another. */
  async function drain(): Promise<void> {
    isAsked = true;
    if (isDraining) return;
    isDraining = true;
    try {
      while (isAsked && !stopped.signal.aborted) await tabs.alone(sendAll);
    } finally {
      isDraining = false;
    }
  }

  /** Until nothing is under way; asked for meanwhile, it begins with what has come. */
  async function sendAll(): Promise<void> {
    const underWay = new Map<number, Promise<void>>();
    while (isAsked || underWay.size > 0) {
      if (isAsked) {
        isAsked = false;
        for (const id of new Set((await waiting()).map((item) => item.conversationId))) {
          if (!underWay.has(id)) underWay.set(id, sendInOrder(id).finally(() => underWay.delete(id)));
        }
      } else await Promise.race([...underWay.values(), asked()]);
    }
  }

  /** Resolves when there is more to send. */
  function asked(): Promise<void> {
    return new Promise((resolve) => {
      wake = resolve;
    });
  }

  async function waiting(): Promise<OutboxItem[]> {
    await Promise.all(writing.values());
    const items = (await kept.items()).filter((item) => item.status !== "refused" && !isPaused(item.conversationId));
    return items.toSorted((a, b) => a.order - b.order);
  }

  function isPaused(conversationId: number): boolean {
    return Date.now() < (pausedUntil.get(conversationId) ?? 0);
  }

  async function sendInOrder(conversationId: number): Promise<void> {
    for (;;) {
      const items = (await waiting()).filter((item) => item.conversationId === conversationId);
      if (items.length === 0) return;
      for (const item of items) {
        const isGone = (await kept.item(item.clientMessageId)) === null;
        if (!isGone && !(await trySend(item))) return;
      }
    }
  }

  /** False: the ones behind it have to wait. */
  async function trySend(item: OutboxItem): Promise<boolean> {
    if (!link.isOnline() || stopped.signal.aborted) return false;
    const { clientMessageId } = item;
    const shown = store.getState().outbox.find((one) => one.clientMessageId === clientMessageId);
    if (shown?.status === "waiting") show(clientMessageId, { status: "sending" });
    try {
      const attachments = await uploaded(item);
      const { message } = await link.ask("send_message", wireOf(item, attachments));
      store.dispatch({ type: "messages/arrived", messages: asMessages([message]), live: false });
      await forget(clientMessageId);
      return true;
    } catch (error) {
      // Its upload was cancelled: to begin anew, or since it was deleted or this tab stops.
      if (error instanceof DOMException && error.name === "AbortError") {
        const again = restarted.delete(clientMessageId) ? await kept.item(clientMessageId) : null;
        return again === null || trySend(again);
      }
      if (!isMessagingError(error)) throw error;
      return failed(item, error);
    }
  }

  /** Without a connection it waits for the next one; a temporary trouble is tried again; a refusal is shown. */
  async function failed({ clientMessageId, conversationId }: OutboxItem, error: MessagingError): Promise<boolean> {
    if (!error.isTemporary) {
      await change(clientMessageId, { status: "refused", code: error.code });
      return true;
    }
    if (link.isOnline()) {
      const wait = error.retryAfter === null ? TRIES_APART : error.retryAfter * 1000;
      pausedUntil.set(conversationId, Date.now() + wait);
      setTimeout(flush, wait + 1);
    }
    return false;
  }

  async function uploaded(item: OutboxItem): Promise<Attachment[]> {
    const { clientMessageId } = item;
    let { attachments, files, gone } = item;
    for (const file of item.files) {
      const blob = await kept.blob(clientMessageId, file.id);
      if (blob === null) throw new DOMException("gone", "AbortError"); // deleted meanwhile, here or in another tab
      const abort = new AbortController();
      uploads.set(clientMessageId, abort);
      let last = -1;
      const onProgress = (progress: number) => {
        if (progress === last) return;
        last = progress;
        files = files.map((one) => (one.id === file.id ? { ...one, progress } : one));
        progressed(clientMessageId, files);
        tabs.tell({ about: "progress", clientMessageId, files });
      };
      const { signal, release } = anyOf([abort.signal, stopped.signal]);
      const tried = upload(item.conversationId, asFile(blob, file), onProgress, signal).finally(release);
      const attachment = await tried.finally(() => uploads.delete(clientMessageId));
      attachments = [...attachments, attachment];
      [files, gone] = [files.filter((one) => one.id !== file.id), [...gone, file]];
      await change(clientMessageId, { attachments, files, gone });
    }
    return attachments;
  }

  function flush(): void {
    if (!link.isOnline() || stopped.signal.aborted) return;
    void drain();
    wake();
  }

  return {
    async load() {
      const items = (await kept.items()).filter((item) => !gone.has(item.clientMessageId));
      store.dispatch({ type: "outbox/loaded", items: [...store.getState().outbox, ...items] });
      for (const { clientMessageId } of items) watchLate(clientMessageId);
    },

    add(conversationId, message, taken) {
      const item = madeItem(conversationId, message);
      const { clientMessageId } = item;
      store.dispatch({ type: "outbox/added", item: shownOf(item) });
      watchLate(clientMessageId);
      const written = keep(item, taken).finally(() => writing.delete(clientMessageId));
      writing.set(clientMessageId, written);
      void written.then(() => {
        tabs.tell({ about: "outbox", clientMessageId });
        flush();
      });
      return clientMessageId;
    },

    written: () => Promise.all(writing.values()),

    retry(clientMessageId) {
      watchLate(clientMessageId);
      pausedUntil.clear();
      restartHung(clientMessageId);
      void change(clientMessageId, { status: "waiting", code: null }).then(flush);
    },

    discard(clientMessageId) {
      restarted.delete(clientMessageId);
      uploads.get(clientMessageId)?.abort();
      void forget(clientMessageId);
    },

    flush,
    progressed,

    async look(clientMessageId) {
      const mine = Symbol(clientMessageId);
      looks.set(clientMessageId, mine);
      const item = await kept.item(clientMessageId);
      if (looks.get(clientMessageId) !== mine) return;
      if (item === null) return remove(clientMessageId);
      looks.delete(clientMessageId);
      gone.delete(clientMessageId);
      store.dispatch({ type: "outbox/added", item });
      if (!late.has(clientMessageId)) watchLate(clientMessageId);
    },

    stop() {
      stopped.abort();
      for (const timer of late.values()) clearTimeout(timer);
    },
  };
}
