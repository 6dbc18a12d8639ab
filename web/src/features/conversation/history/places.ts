// Where one was in each conversation, for as long as the page is open.

import type { Place } from "./place";

const places = new Map<number, Place>();

export function placeIn(id: number): Place | null {
  return places.get(id) ?? null;
}

/** Null: at the bottom, where a conversation opens anyway. */
export function keepPlace(id: number, place: Place | null): void {
  if (place === null) places.delete(id);
  else places.set(id, place);
}
