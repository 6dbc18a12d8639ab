import { shortTime } from "../dates.js";
import { h, icon, keyed, setText } from "../dom.js";
import { counted, language, roleText, systemText, t } from "../i18n.js";
import { listed } from "../state.js";
import { avatar, fullName } from "./people.js";

const SEARCH_PAUSE = 250;

/** The inbox: who, what was said last, how much is unread, who is there. */
export function listView({ open, search, more, pick, retry, signOut, switchLanguage }) {
  const rows = h("ul", { class: "rows" });
  const note = h("p", { class: "note" });
  const again = h("button", { type: "button", hidden: true, onclick: retry }, t("retry"));
  const next = h("button", { type: "button", class: "link", hidden: true, onclick: more }, t("list.more"));
  const name = h("strong", { class: "me" });
  let pause;
  const query = h("input", {
    type: "search",
    "aria-label": t("list.search"),
    placeholder: t("list.search"),
    oninput: () => {
      clearTimeout(pause);
      pause = setTimeout(() => search(query.value), SEARCH_PAUSE);
    },
  });
  const element = h(
    "nav",
    { class: "list", "aria-label": t("list.title") },
    h(
      "header",
      {},
      name,
      h("button", { type: "button", class: "link", onclick: switchLanguage }, t("language.switch")),
      h("button", { type: "button", class: "link", onclick: signOut }, t("me.signOut")),
    ),
    h(
      "div",
      { class: "tools" },
      query,
      h("button", { type: "button", class: "primary round", "aria-label": t("list.new"), title: t("list.new"), onclick: pick }, icon("plus")),
    ),
    h("div", { class: "scroll" }, rows, note, again, next),
  );

  function update(state) {
    setText(name, fullName(state.me));
    const conversations = listed(state);
    keyed(rows, conversations, {
      key: (conversation) => conversation.id,
      create: (conversation) => row(conversation, open),
      update: (item, conversation) => item.show(conversation, state),
    });
    setText(note, noteFor(state, conversations));
    note.hidden = note.textContent === "";
    again.hidden = state.list.status !== "failed";
    next.hidden = state.list.next === null || state.list.status === "loading";
  }

  return { element, update, focusSearch: () => query.focus() };
}

function noteFor(state, conversations) {
  if (state.list.status === "failed") return t("list.failed");
  if (conversations.length > 0) return "";
  if (state.list.status === "loading") return t("app.loading");
  return state.list.query === "" ? `${t("list.empty")} ${t("list.emptyHint")}` : t("list.nothingFound");
}

function row(conversation, open) {
  const dot = h("span", { class: "presence" });
  const who = h("strong", { class: "who" });
  const role = h("span", { class: "role" });
  const time = h("time", {});
  const subject = h("span", { class: "line subject" });
  const last = h("span", { class: "last" });
  const badge = h("span", { class: "badge" });
  const presence = h("span", { class: "hidden" });
  const button = h(
    "button",
    { type: "button", "data-conversation": String(conversation.id), onclick: () => open(conversation.id) },
    h("span", { class: "portrait" }, avatar(conversation.participantInfo), dot),
    h("span", { class: "line" }, who, role, presence, time),
    subject,
    h("span", { class: "line" }, last, badge),
  );
  const item = h("li", {}, button);
  let shown = null;
  item.show = (current, state) => {
    const isOpen = state.openId === current.id;
    button.setAttribute("aria-current", String(isOpen));
    // The minute on the clock changes what "today" is; the rest only when the conversation does.
    setText(time, shortTime(current.lastMessageTime, language()));
    const typing = (state.typing[current.id] ?? []).includes(current.participantInfo.id);
    setText(last, typing ? t("thread.typing", { name: current.participantInfo.firstName }) : lastText(current, state.me.id));
    last.classList.toggle("is-typing", typing);
    if (shown === current) return;
    shown = current;
    const { online } = current.participantInfo;
    setText(who, fullName(current.participantInfo));
    setText(role, roleText(current.participantInfo.role));
    setText(subject, current.context?.title ?? "");
    subject.hidden = !current.context;
    dot.classList.toggle("is-online", online);
    setText(presence, t(online ? "presence.online" : "presence.offline"));
    time.setAttribute("datetime", current.lastMessageTime);
    badge.hidden = current.unreadCount === 0 && !current.markedUnread;
    setText(badge, current.unreadCount === 0 ? "" : String(current.unreadCount));
    badge.setAttribute("aria-label", counted("list.unread", current.unreadCount));
    badge.setAttribute("role", "img");
    item.classList.toggle("is-unread", !badge.hidden);
  };
  return item;
}

function lastText(conversation, me) {
  const { lastMessage } = conversation;
  if (lastMessage === null) return t("list.noMessage");
  if (lastMessage.system) return systemText(lastMessage.system);
  const text = lastMessage.content === "" ? t("message.deleted") : lastMessage.content;
  return lastMessage.senderId === me ? t("list.you", { text }) : text;
}
