import { useSyncExternalStore } from "react";
import { Store } from "./store";

export type Language = "fr" | "en";
const KEY = "colloque.language";

/** What was chosen here before, else what the browser asks for; French for everybody else. */
function initial(): Language {
  const kept = localStorage.getItem(KEY);
  if (kept === "fr" || kept === "en") return kept;
  const wanted = navigator.languages.map((tag) => tag.slice(0, 2)).find((tag) => tag === "fr" || tag === "en");
  return wanted === "en" ? "en" : "fr";
}

export const language = new Store<Language>(initial());

function apply(): void {
  document.documentElement.lang = language.get();
}

language.subscribe(apply);
apply();

export function chooseLanguage(next: Language): void {
  localStorage.setItem(KEY, next);
  language.set(next);
}

export function useLanguage(): Language {
  return useSyncExternalStore(language.subscribe, language.get);
}
