import { h, setText } from "../dom.js";
import { errorText, roleText, t } from "../i18n.js";

/** The form, and the people of the demo clinic when this server has one. `login(username, password)` rejects when refused. */
export function loginView({ login, switchLanguage }) {
  const username = h("input", { id: "username", name: "username", autocomplete: "username", required: true, autocapitalize: "none", spellcheck: "false" });
  const password = h("input", { id: "password", name: "password", type: "password", autocomplete: "current-password", required: true });
  const trouble = h("p", { class: "trouble", role: "alert" });
  const submit = h("button", { class: "primary", type: "submit" }, t("login.submit"));
  const people = h("ul", { class: "people" });
  const demo = h("section", { class: "card", "aria-labelledby": "demo-title", hidden: true }, h("h2", { id: "demo-title" }, t("demo.title")), h("p", { class: "hint" }, t("demo.hint")), people);

  async function attempt(name, secret) {
    setText(trouble, "");
    submit.disabled = true;
    setText(submit, t("login.busy"));
    try {
      await login(name, secret);
    } catch (error) {
      setText(trouble, refusalText(error));
      submit.disabled = false;
      setText(submit, t("login.submit"));
    }
  }

  const form = h(
    "form",
    {
      class: "card",
      onsubmit: (event) => {
        event.preventDefault();
        attempt(username.value, password.value);
      },
    },
    h("h2", {}, t("login.title")),
    h("label", { for: "username" }, t("login.username")),
    username,
    h("label", { for: "password" }, t("login.password")),
    password,
    trouble,
    submit,
  );
  const notice = h("p", { class: "notice", role: "status" });
  const element = h(
    "main",
    { class: "login" },
    h("header", {}, h("h1", {}, "Colloque"), h("p", {}, t("app.tagline"))),
    notice,
    demo,
    form,
    h("button", { class: "link", type: "button", onclick: switchLanguage }, t("language.switch")),
  );

  function update(state) {
    setText(notice, state.endedBecause === null ? "" : t(`ended.${state.endedBecause}`));
    notice.hidden = state.endedBecause === null;
    if (state.demoUsers.length === people.children.length) return;
    people.replaceChildren(...state.demoUsers.map((user) => h("li", {}, demoButton(user))));
    demo.hidden = false;
  }

  function demoButton(user) {
    const name = `${user.firstName} ${user.lastName}`;
    return h(
      "button",
      {
        type: "button",
        class: `person role-${user.role}`,
        "data-username": user.username,
        "aria-label": t("demo.as", { name, role: roleText(user.role) }),
        onclick: () => attempt(user.username, user.password),
      },
      h("strong", {}, name),
      h("span", {}, roleText(user.role)),
    );
  }

  return { element, update };
}

function refusalText(error) {
  if (error.code === "AUTH_REQUIRED") return t("login.wrong");
  if (error.code === "RATE_LIMIT_EXCEEDED") return t("login.throttled", { seconds: error.retryAfter ?? 60 });
  return errorText(error.code);
}
