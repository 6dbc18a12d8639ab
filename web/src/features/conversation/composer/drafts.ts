// Files that were chosen and not sent, by conversation, for as long as the page is open. Text is kept by the SDK.

import { Store } from "@/i18n/store";

const chosen = new Store<ReadonlyMap<number, readonly File[]>>(new Map());
export const subscribeFiles = chosen.subscribe;
const NONE: readonly File[] = [];

export function filesIn(id: number): readonly File[] {
  return chosen.get().get(id) ?? NONE;
}

export function keepFiles(id: number, files: readonly File[]): void {
  const next = new Map(chosen.get());
  if (files.length === 0) next.delete(id);
  else next.set(id, files);
  chosen.set(next);
}
