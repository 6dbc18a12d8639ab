import { useSyncExternalStore } from "react";
import { recall, remember } from "./preferences";
import { Store } from "./store";

export type Language = "fr" | "en";
const KEY = "colloque.language";

/** What was chosen here before, else what the browser asks for; French for everybody else. */
function initial(): Language {
  const kept = recall(KEY);
  if (kept === "fr" || kept === "en") return kept;
  if (typeof navigator === "undefined") return "fr";
  const wanted = navigator.languages.map((tag) => tag.slice(0, 2)).find((tag) => tag === "fr" || tag === "en");
  return wanted === "en" ? "en" : "fr";
}

export const language = new Store<Language>(initial());

/** Called once by what owns the page: an embedded part leaves the page's language alone. */
export function startLanguage(): void {
  const apply = () => {
    document.documentElement.lang = language.get();
  };
  language.subscribe(apply);
  apply();
}

export function chooseLanguage(next: Language): void {
  remember(KEY, next);
  language.set(next);
}

export function useLanguage(): Language {
  return useSyncExternalStore(language.subscribe, language.get);
}
