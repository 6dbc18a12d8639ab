import { type RefObject, useEffect } from "react";
import { useLocation } from "wouter";
import { recall, remember } from "@/i18n";
import { Store } from "@/i18n/store";
import type { OpenDialog } from "./Dialogs";

const KEY = "colloque.shortcuts";

/** Whether keys without Ctrl or Alt do something; who dictates or types by accident switches them off. */
export const singleKeys = new Store(recall(KEY) !== "off");

export function allowSingleKeys(on: boolean): void {
  remember(KEY, on ? null : "off");
  singleKeys.set(on);
}

interface Means {
  open: (dialog: OpenDialog) => void;
  searchBox: RefObject<HTMLInputElement | null>;
}

export function useShortcuts({ open, searchBox }: Means): void {
  const [path, navigate] = useLocation();
  useEffect(() => {
    function pressed(event: KeyboardEvent) {
      if (event.defaultPrevented || event.isComposing || document.querySelector("dialog[open]") !== null) return;
      const act = actionOf(event, { open, searchBox, path, navigate });
      if (act === null) return;
      event.preventDefault();
      act();
    }
    document.addEventListener("keydown", pressed);
    return () => document.removeEventListener("keydown", pressed);
  }, [open, searchBox, path, navigate]);
}

interface Place extends Means {
  path: string;
  navigate: (to: string) => void;
}

function actionOf(event: KeyboardEvent, { open, searchBox, path, navigate }: Place): (() => void) | null {
  const key = event.key.toLowerCase();
  const control = event.ctrlKey || event.metaKey;
  if (control && !event.altKey && key === "k") return () => open("switcher");
  if (event.altKey && !control && (key === "arrowdown" || key === "arrowup")) return () => step(key === "arrowdown" ? 1 : -1, path, navigate);
  if (control || event.altKey || isTyping(event.target)) return null;
  if (!singleKeys.get()) return null;
  if (key === "?") return () => open("shortcuts");
  if (key === "n") return () => open("new");
  if (key === "/" && searchBox.current !== null) return () => searchBox.current?.focus();
  return null;
}

/** The conversation above or below the open one, in the order of the list. */
function step(by: 1 | -1, path: string, navigate: (to: string) => void): void {
  const rows = [...document.querySelectorAll<HTMLElement>("a[data-conversation]")];
  const at = rows.findIndex((row) => `${path}/`.startsWith(`${row.getAttribute("href")}/`));
  const goal = rows[at < 0 ? 0 : at + by];
  if (goal !== undefined) navigate(goal.getAttribute("href") ?? "/");
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}
