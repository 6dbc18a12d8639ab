import { dayKey, dayLabel } from "../dates.js";
import { h, icon, keyed, setText } from "../dom.js";
import { language, roleText, t } from "../i18n.js";
import { inOrder, statusOf } from "../thread.js";
import { threadOf } from "../state.js";
import { composer } from "./composer.js";
import { canChange, messageRow } from "./message.js";
import { avatar, fullName } from "./people.js";
import { scrolling } from "./scrolling.js";

/** One conversation: who it is with, what was said, and where to answer. Made anew for each conversation. */
export function threadView(conversationId, { messenger, close, confirmDelete, drafts }) {
  const name = h("h2", { class: "who", tabIndex: -1 });
  const about = h("p", { class: "about" });
  const portrait = h("span", { class: "portrait" });
  const rows = h("ol", { class: "messages", "aria-label": t("thread.history") });
  const note = h("p", { class: "note" });
  const again = h("button", { type: "button", hidden: true, onclick: () => messenger.follow(conversationId) }, t("retry"));
  const older = h("p", { class: "note", hidden: true }, t("thread.older"));
  const history = h("div", { class: "history scroll", tabIndex: 0 }, older, rows, note, again);
  const typing = h("p", { class: "typing", "aria-live": "polite" });
  const announced = h("div", { class: "hidden", "aria-live": "polite" });
  const below = h("button", { type: "button", class: "below", hidden: true, onclick: () => scroll.toBottom() });
  const scroll = scrolling(history, below, () => loadOlder(), () => messenger.markSeen());
  const write = composer({
    conversationId,
    drafts,
    send: (content) => messenger.send(conversationId, content),
    save: (message, content) => messenger.edit(message, content),
    typing: () => messenger.typing(conversationId),
    stopTyping: () => messenger.stopTyping(),
    lastOwn: () => lastOwn(),
  });
  const element = h(
    "main",
    { class: "thread" },
    h(
      "header",
      {},
      h("button", { type: "button", class: "round back", "aria-label": t("thread.back"), onclick: close }, icon("back")),
      portrait,
      h("div", {}, name, about),
    ),
    h("div", { class: "middle" }, history, below),
    typing,
    announced,
    write.element,
  );

  let state = null;
  let loadingOlder = false;
  let newest = null;

  async function loadOlder() {
    const thread = threadOf(state, conversationId);
    if (loadingOlder || thread.status !== "ready" || !thread.hasOlder) return;
    loadingOlder = true;
    older.hidden = false;
    try {
      await messenger.loadOlder(conversationId);
    } catch (error) {
      if (error.code === undefined) throw error;
    } finally {
      loadingOlder = false;
      older.hidden = true;
    }
  }

  function lastOwn() {
    const { confirmed } = inOrder(threadOf(state, conversationId));
    return confirmed.findLast((message) => message.senderId === state.me.id && canChange(message)) ?? null;
  }

  const actions = {
    edit: (message) => write.edit(message),
    delete: (message) => confirmDelete(() => messenger.delete(message)),
    retry: (message) => messenger.outbox.retry(conversationId, message.clientMessageId),
    discard: ({ clientMessageId }) => messenger.store.dispatch({ type: "message/discarded", conversationId, clientMessageId }),
  };

  function update(current) {
    state = current;
    const conversation = state.conversations[conversationId];
    const thread = threadOf(state, conversationId);
    showHead(conversation);
    const items = rowsOf(thread, state.me.id);
    scroll.around(thread, () =>
      keyed(rows, items, {
        key: (item) => item.key,
        create: (item) => (item.message === undefined ? separator(item) : messageRow(actions)),
        update: (row, item) => item.message !== undefined && row.show(item),
      }),
    );
    announce(thread);
    setText(note, noteFor(thread, items));
    note.hidden = note.textContent === "";
    again.hidden = thread.status !== "failed";
    const writers = (state.typing[conversationId] ?? []).filter((user) => user !== state.me.id);
    setText(typing, writers.length === 0 ? "" : t("thread.typing", { name: conversation.participantInfo.firstName }));
    write.update(conversation, state.limits);
  }

  function showHead({ participantInfo, context }) {
    const presence = t(participantInfo.online ? "presence.online" : "presence.offline");
    setText(name, fullName(participantInfo));
    setText(about, [roleText(participantInfo.role), presence, context?.title].filter(Boolean).join(" · "));
    if (portrait.childElementCount === 0) portrait.append(avatar(participantInfo), h("span", { class: "presence" }));
    portrait.lastElementChild.classList.toggle("is-online", participantInfo.online);
  }

  /** Only what comes while one is here is read aloud, never the history. */
  function announce(thread) {
    const { confirmed } = inOrder(thread);
    const last = confirmed.at(-1);
    if (thread.status !== "ready") return;
    if (newest !== null && last !== undefined && last.seq > newest && last.senderId !== state.me.id) {
      setText(announced, `${t("message.from", { name: last.senderName ?? "" })} ${last.content}`);
    }
    newest = last?.seq ?? 0;
  }

  /** On a phone the keyboard stays away until somebody wants to write. */
  function focus() {
    if (matchMedia("(pointer: coarse)").matches || !write.focus()) name.focus();
  }

  return { element, update, focus };
}

function rowsOf(thread, me) {
  const { confirmed, waiting } = inOrder(thread);
  const rows = [];
  let day = null;
  let marked = thread.unreadFrom === null;
  const isUnread = (message) =>
    message.senderId !== me && message.seq > thread.unreadFrom && message.seq <= thread.unreadUpTo;
  for (const message of confirmed) {
    if (dayKey(message.sentAt) !== day) {
      day = dayKey(message.sentAt);
      rows.push({ key: `day ${day}`, text: dayLabel(message.sentAt, language()), kind: "day" });
    }
    if (!marked && isUnread(message)) {
      marked = true;
      rows.push({ key: "unread", text: t("thread.unread"), kind: "unread" });
    }
    const isMine = message.senderId === me;
    const status = isMine ? statusOf(thread, message, me) : null;
    // The bubble that was there before the answer came stays the same element.
    rows.push({ key: message.clientMessageId ?? message.id, message, isMine, status });
  }
  for (const message of waiting) rows.push({ key: message.clientMessageId, message, isMine: true, status: message.state });
  return rows;
}

function separator({ text, kind }) {
  return h("li", { class: `separator is-${kind}` }, h("span", {}, text));
}

function noteFor(thread, items) {
  if (thread.status === "failed") return t("thread.failed");
  if (items.length > 0) return "";
  return thread.status === "ready" ? t("thread.empty") : t("app.loading");
}
