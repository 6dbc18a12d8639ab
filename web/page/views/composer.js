import { h, icon, setText } from "../dom.js";
import { counted, errorText, t } from "../i18n.js";
import { fullName } from "./people.js";

const MOST_LINES = 6;
const TELL_FROM = 0.9;

/** Enter sends, Shift+Enter breaks the line, never while an input method composes; Up in an empty box edits the last one. */
export function composer({ conversationId, drafts, send, save, typing, stopTyping, lastOwn }) {
  let limit = 5000;
  let editing = null;

  const box = h("textarea", { rows: 1, placeholder: t("composer.placeholder"), enterkeyhint: "send", dir: "auto" });
  const button = h("button", { type: "submit", class: "primary round", "aria-label": t("composer.send") }, icon("send"));
  const counter = h("p", { class: "counter", role: "status" });
  const trouble = h("p", { class: "trouble", role: "alert" });
  const mode = h(
    "p",
    { class: "mode", hidden: true },
    h("span", {}, t("composer.editing")),
    h("button", { type: "button", class: "link", onclick: () => leaveEditing() }, t("composer.cancel")),
  );
  const form = h("form", { class: "write" }, mode, h("div", { class: "line" }, box, button), counter, trouble);
  const closed = h("p", { class: "closed", hidden: true });
  const element = h("footer", {}, form, closed, h("p", { class: "emergency" }, t("composer.emergency")));

  box.value = drafts.get(conversationId) ?? "";

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });
  box.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      submit();
    } else if (event.key === "Escape" && editing !== null) {
      leaveEditing();
    } else if (event.key === "ArrowUp" && box.value === "") {
      const message = lastOwn();
      if (message !== null) edit(message);
    }
  });
  box.addEventListener("input", () => {
    if (editing === null) {
      drafts.set(conversationId, box.value);
      if (box.value.trim() === "") stopTyping();
      else typing();
    }
    fit();
  });

  async function submit() {
    const content = box.value.trim();
    setText(trouble, "");
    if (content === "" || [...content].length > limit) return;
    if (editing === null) {
      drafts.delete(conversationId);
      box.value = "";
      send(content);
    } else {
      await saveEdited(content);
    }
    fit();
  }

  async function saveEdited(content) {
    try {
      if (content !== editing.content) await save(editing, content);
      leaveEditing();
    } catch (error) {
      if (error.code === undefined) throw error;
      setText(trouble, errorText(error.code));
    }
  }

  function edit(message) {
    editing = message;
    mode.hidden = false;
    button.setAttribute("aria-label", t("composer.save"));
    box.value = message.content;
    fit();
    box.focus();
  }

  function leaveEditing() {
    editing = null;
    mode.hidden = true;
    button.setAttribute("aria-label", t("composer.send"));
    setText(trouble, "");
    box.value = drafts.get(conversationId) ?? "";
    fit();
    box.focus();
  }

  function fit() {
    const line = Number.parseFloat(getComputedStyle(box).lineHeight) || 24;
    box.style.height = "auto";
    box.style.height = `${Math.min(box.scrollHeight, line * MOST_LINES + 20)}px`;
    const left = limit - [...box.value.trim()].length;
    setText(counter, left > limit * (1 - TELL_FROM) ? "" : counterText(left));
    counter.classList.toggle("is-over", left < 0);
    button.disabled = box.value.trim() === "" || left < 0;
  }

  function update(conversation, limits) {
    limit = limits.maxContentLength || Infinity;
    box.setAttribute("aria-label", t("composer.label", { name: fullName(conversation.participantInfo) }));
    form.hidden = !conversation.canReply;
    closed.hidden = conversation.canReply;
    if (!conversation.canReply) setText(closed, t(`closed.${conversation.canReplyReason}`));
  }

  requestAnimationFrame(fit);
  return { element, update, edit, focus: () => !form.hidden && (box.focus(), true) };
}

function counterText(left) {
  return left < 0 ? counted("composer.tooLong", -left) : counted("composer.left", left);
}
