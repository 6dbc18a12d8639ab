import { h, setText } from "../dom.js";
import { language, t } from "../i18n.js";
import { listView } from "./list.js";
import { confirmDeleteDialog, pickerDialog } from "./dialogs.js";
import { threadView } from "./thread.js";

const BANNER_AFTER = 2_000;

/** List and conversation side by side; on a phone one of them, with a way back. */
export function shellView({ messenger, signOut, switchLanguage }) {
  const drafts = new Map();
  const banner = h("p", { class: "banner", role: "status", hidden: true });
  const none = h("main", { class: "thread is-empty" }, h("p", { class: "note" }, t("thread.none")));
  const list = listView({
    open: (conversationId) => messenger.open(conversationId),
    search: (query) => messenger.loadList({ query }),
    more: () => messenger.loadList({ more: true }),
    retry: () => messenger.loadList(),
    pick: () => pickerDialog({ people: (query) => messenger.people(query), start: (id) => messenger.startWith(id) }),
    signOut,
    switchLanguage,
  });
  const panes = h("div", { class: "panes" }, list.element, none);
  const element = h("div", { class: "shell" }, banner, panes);
  let thread = null;
  let openId = null;
  let waiting = null;

  function update(state) {
    if (state.phase !== "in") return;
    list.update(state);
    showThread(state);
    thread?.update(state);
    showConnection(state.connection === "online");
    showUnread(state);
  }

  function showThread(state) {
    const wanted = state.openId in state.conversations ? state.openId : null;
    if (wanted === openId) return;
    const before = openId;
    openId = wanted;
    thread = openId === null ? null : threadView(openId, { messenger, drafts, confirmDelete: confirmDeleteDialog, close: () => messenger.close() });
    panes.replaceChildren(list.element, thread?.element ?? none);
    panes.classList.toggle("has-open", thread !== null);
    if (thread !== null) queueMicrotask(() => thread?.focus());
    else list.element.querySelector(`[data-conversation="${before}"]`)?.focus();
  }

  /** A blink of the connection is nobody's business. */
  function showConnection(isOnline) {
    if (isOnline) {
      clearTimeout(waiting);
      waiting = null;
      banner.hidden = true;
    } else {
      waiting ??= setTimeout(() => {
        banner.hidden = false;
        setText(banner, t("banner.reconnecting"));
      }, BANNER_AFTER);
    }
  }

  return { element, update, stop: () => clearTimeout(waiting) };
}

function showUnread({ unreadCount }) {
  document.title = unreadCount === 0 ? "Colloque" : `(${unreadCount}) Colloque`;
  const name = unreadCount === 0 ? "favicon" : "favicon-unread";
  const link = document.querySelector("link[rel=icon]");
  if (!link.href.endsWith(`/${name}.svg`)) link.href = `/assets/page/${name}.svg`;
  document.documentElement.lang = language();
}
