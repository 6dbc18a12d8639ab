import { Store } from "../i18n/store";

export type Theme = "system" | "light" | "dark";
const KEY = "colloque.theme";
const dark = window.matchMedia("(prefers-color-scheme: dark)");

function chosen(): Theme {
  const kept = localStorage.getItem(KEY);
  return kept === "light" || kept === "dark" ? kept : "system";
}

export const theme = new Store<Theme>(chosen());

function apply(): void {
  const wanted = theme.get() === "system" ? (dark.matches ? "dark" : "light") : theme.get();
  document.documentElement.dataset.theme = wanted;
}

export function chooseTheme(next: Theme): void {
  if (next === "system") localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, next);
  theme.set(next);
}

/** Called once, before the first render. */
export function startTheme(): void {
  theme.subscribe(apply);
  dark.addEventListener("change", apply);
  apply();
}
