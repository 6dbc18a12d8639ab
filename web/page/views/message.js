import { clockTime } from "../dates.js";
import { h, icon, setText } from "../dom.js";
import { errorText, systemText, t } from "../i18n.js";

const CHANGEABLE_FOR = 15 * 60_000;
const ICON_OF = { sending: "clock", sent: "tick", delivered: "ticks", read: "ticks", failed: "warning" };

/** A bubble. `show(item)` may be called as often as one likes; it writes what changed. */
export function messageRow(actions) {
  const speaker = h("span", { class: "hidden" });
  const text = h("p", { class: "text", dir: "auto" });
  const edited = h("span", { class: "edited", hidden: true }, t("message.edited"));
  const time = h("time", {});
  const status = h("span", { class: "status" });
  const trouble = h("p", { class: "trouble", hidden: true });
  const menu = h("div", { class: "menu", hidden: true });
  const opener = h(
    "button",
    { type: "button", class: "round opener", "aria-label": t("message.actions"), "aria-expanded": "false", hidden: true, onclick: () => toggle() },
    icon("more"),
  );
  const bubble = h("div", { class: "bubble" }, speaker, text, h("p", { class: "meta" }, edited, time, status), trouble, menu);
  const row = h("li", { class: "message" }, opener, bubble);
  let shown = {};

  function toggle(open = menu.hidden) {
    const may = canChange(shown.message);
    menu.replaceChildren(
      may ? action("message.edit", () => actions.edit(shown.message)) : "",
      may ? action("message.delete", () => actions.delete(shown.message)) : "",
    );
    menu.hidden = !open || !may;
    opener.hidden = !may;
    opener.setAttribute("aria-expanded", String(!menu.hidden));
    if (menu.hidden) return;
    menu.firstElementChild.focus();
    row.scrollIntoView({ block: "nearest" });
  }

  function action(key, act) {
    const choose = () => {
      menu.hidden = true;
      opener.setAttribute("aria-expanded", "false");
      act();
    };
    return h("button", { type: "button", onclick: choose }, t(key));
  }
  row.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || menu.hidden) return;
    toggle(false);
    opener.focus();
  });

  row.show = (item) => {
    if (item.message !== shown.message) showMessage(item);
    if (item.status !== shown.status) showStatus(item.status);
    shown = item;
  };

  function showMessage({ message, isMine }) {
    const isDeleted = (message.deletedAt ?? null) !== null;
    row.classList.toggle("is-mine", isMine);
    row.classList.toggle("is-deleted", isDeleted);
    setText(speaker, isMine ? t("message.you") : t("message.from", { name: message.senderName ?? "" }));
    setText(text, isDeleted ? t("message.deleted") : message.type === "system" ? systemText(message.content) : message.content);
    setText(time, clockTime(message.sentAt));
    time.setAttribute("datetime", message.sentAt);
    edited.hidden = isDeleted || (message.editedAt ?? null) === null;
    opener.hidden = !isMine || message.id === undefined || !canChange(message);
    if (isDeleted) menu.hidden = true;
    trouble.hidden = message.state !== "failed";
    if (message.state === "failed") trouble.replaceChildren(...refusal(message));
  }

  function refusal(message) {
    return [
      `${errorText(message.code)} `,
      h("button", { type: "button", class: "link", onclick: () => actions.retry(message) }, t("pending.retry")),
      " ",
      h("button", { type: "button", class: "link", onclick: () => actions.discard(message) }, t("pending.discard")),
    ];
  }

  function showStatus(name) {
    row.dataset.status = name ?? "";
    if (name === null) status.replaceChildren();
    else status.replaceChildren(icon(ICON_OF[name]), h("span", { class: "hidden" }, t(`status.${name}`)));
    status.title = name === null ? "" : t(`status.${name}`);
  }

  return row;
}

/** Whether it is worth offering; the server decides. */
export function canChange(message) {
  return message.deletedAt === null && message.type === "text" && Date.now() - Date.parse(message.sentAt) < CHANGEABLE_FOR;
}
