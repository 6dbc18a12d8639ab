// French and English. The browser decides until somebody chooses.

import { en } from "./texts/en.js";
import { fr } from "./texts/fr.js";

const TEXTS = { fr, en };
const KEPT_AS = "colloque.language";

let current = chosen() ?? (navigator.language.toLowerCase().startsWith("fr") ? "fr" : "en");

export function language() {
  return current;
}

export function setLanguage(wanted) {
  current = wanted;
  document.documentElement.lang = wanted;
  try {
    localStorage.setItem(KEPT_AS, wanted);
  } catch {
    // A browser that keeps nothing asks again next time.
  }
}

/** The text of `key` with {name} replaced; a key that is missing is a mistake worth seeing. */
export function t(key, values = {}) {
  const text = TEXTS[current][key];
  if (text === undefined) throw new Error(`no text for ${key}`);
  return text.replace(/\{(\w+)\}/g, (_, name) => String(values[name]));
}

/** The text for so many: `key` with ".one" or ".other" behind it, as the language counts. */
export function counted(key, count) {
  const form = new Intl.PluralRules(current).select(count) === "one" ? "one" : "other";
  return t(`${key}.${form}`, { count });
}

/** What to say about an error code; codes that the page has no words for are said in general ones. */
export function errorText(code) {
  return TEXTS[current][`error.${code}`] ?? TEXTS[current]["error.INTERNAL"];
}

/** What the system says in a conversation: {code, params}, in words. */
export function systemText({ code, params }) {
  const key = `system.${code}`;
  return key in TEXTS[current] ? t(key, params) : t("message.system");
}

export function roleText(role) {
  return TEXTS[current][`role.${role}`] ?? role;
}

function chosen() {
  try {
    const kept = localStorage.getItem(KEPT_AS);
    return kept in TEXTS ? kept : null;
  } catch {
    return null;
  }
}
