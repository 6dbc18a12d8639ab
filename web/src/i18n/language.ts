// French and English. The browser decides until somebody chooses.

import { useSyncExternalStore } from "react";
import type { Language } from "@/sdk/types";

const KEPT_AS = "colloque.language";
const listeners = new Set<() => void>();
let current: Language = chosen() ?? preferred();

export function language(): Language {
  return current;
}

export function setLanguage(next: Language): void {
  current = next;
  try {
    localStorage.setItem(KEPT_AS, next);
  } catch {
    // A browser that keeps nothing asks again what it prefers.
  }
  for (const listener of listeners) listener();
}

export function onLanguage(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The component renders again in the other language. */
export function useLanguage(): Language {
  return useSyncExternalStore(onLanguage, language);
}

function chosen(): Language | null {
  try {
    const kept = localStorage.getItem(KEPT_AS);
    return kept === "fr" || kept === "en" ? kept : null;
  } catch {
    return null;
  }
}

function preferred(): Language {
  const wanted = typeof navigator === "undefined" ? [] : navigator.languages;
  const first = wanted.map((tag) => tag.slice(0, 2)).find((tag) => tag === "fr" || tag === "en");
  return first === "en" ? "en" : "fr";
}
