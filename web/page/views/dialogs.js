import { h, icon, setText } from "../dom.js";
import { errorText, roleText, t } from "../i18n.js";
import { avatar, fullName } from "./people.js";

const SEARCH_PAUSE = 200;

/** Whom one may start a conversation with. `people(query)` finds them, `start(id)` opens the conversation. */
export function pickerDialog({ people, start }) {
  const found = h("ul", { class: "people" });
  const note = h("p", { class: "note", role: "status" });
  let asked = 0;
  let pause;
  const query = h("input", {
    type: "search",
    "aria-label": t("picker.search"),
    placeholder: t("picker.search"),
    oninput: () => {
      clearTimeout(pause);
      pause = setTimeout(look, SEARCH_PAUSE);
    },
  });
  const dialog = h(
    "dialog",
    { class: "picker", "aria-labelledby": "picker-title" },
    h(
      "header",
      {},
      h("h2", { id: "picker-title" }, t("picker.title")),
      h("button", { type: "button", class: "round", "aria-label": t("picker.close"), onclick: () => dialog.close() }, icon("close")),
    ),
    query,
    note,
    found,
  );

  async function look() {
    const turn = ++asked;
    setText(note, t("app.loading"));
    await refusalInto(note, async () => {
      const persons = await people(query.value.trim());
      if (turn !== asked) return;
      found.replaceChildren(...persons.map((person) => h("li", {}, personButton(person))));
      setText(note, persons.length === 0 ? t("picker.empty") : "");
    });
  }

  function personButton(person) {
    const choose = () =>
      refusalInto(note, async () => {
        await start(person.id);
        dialog.close();
      });
    return h(
      "button",
      { type: "button", class: "person", "data-user": String(person.id), onclick: choose },
      avatar(person),
      h("strong", {}, fullName(person)),
      h("span", {}, roleText(person.role)),
    );
  }

  return shown(dialog, look);
}

export function confirmDeleteDialog(onConfirmed) {
  const note = h("p", { class: "trouble", role: "alert" });
  const confirm = () =>
    refusalInto(note, async () => {
      await onConfirmed();
      dialog.close();
    });
  const dialog = h(
    "dialog",
    { "aria-labelledby": "delete-title" },
    h("h2", { id: "delete-title" }, t("delete.title")),
    h("p", {}, t("delete.text")),
    note,
    h(
      "div",
      { class: "choices" },
      h("button", { type: "button", onclick: () => dialog.close() }, t("delete.cancel")),
      h("button", { type: "button", class: "danger", onclick: confirm }, t("delete.confirm")),
    ),
  );
  return shown(dialog);
}

/** A dialog of the browser: it keeps the focus inside, closes on Escape and gives the focus back. */
function shown(dialog, then = () => {}) {
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  then();
}

async function refusalInto(note, act) {
  try {
    await act();
  } catch (error) {
    if (error.code === undefined) throw error;
    setText(note, errorText(error.code));
  }
}
