import { recall, remember } from "@/i18n";
import { Store } from "@/i18n/store";

export type Theme = "system" | "light" | "dark";
const KEY = "colloque.theme";

function chosen(): Theme {
  const kept = recall(KEY);
  return kept === "light" || kept === "dark" ? kept : "system";
}

export const theme = new Store<Theme>(chosen());


export function chooseTheme(next: Theme): void {
  remember(KEY, next === "system" ? null : next);
  theme.set(next);
}

/** Called once, before the first render. */
export function startTheme(): void {
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    const wanted = theme.get() === "system" ? (dark.matches ? "dark" : "light") : theme.get();
    document.documentElement.dataset.theme = wanted;
  };
  theme.subscribe(apply);
  dark.addEventListener("change", apply);
  apply();
}
