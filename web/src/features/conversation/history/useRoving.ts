import type { KeyboardEvent, RefObject } from "react";
import type { HistoryRow } from "../types";
import type { ListHandle } from "./VirtualList";

interface Options {
  rows: readonly HistoryRow[];
  list: RefObject<ListHandle | null>;
  /** The bubble that was pressed or reached last. */
  active: string | null;
  /** The last row in view: where Tab comes in when the active one is far away. */
  lastIndex: number;
  leave: () => void;
}

export interface Roving {
  /** The one bubble that Tab stops at. */
  key: string | null;
  pressed: (event: KeyboardEvent) => void;
}

/** The history is one stop of the Tab key; arrows go from message to message, Enter opens what can be done, Esc goes to writing. */
export function useRoving({ rows, list, active, lastIndex, leave }: Options): Roving {
  const isThere = active !== null && list.current?.isRendered(active) === true;
  const key = isThere ? active : (near(rows, lastIndex, -1) ?? near(rows, 0, 1));

  function go(to: string | null) {
    if (to !== null) list.current?.reveal(to);
  }

  function pressed(event: KeyboardEvent) {
    const isRow = (event.target as HTMLElement).matches("[data-row-focus], [data-scroller]");
    if (event.key === "Escape" && !event.defaultPrevented) {
      leave();
      // Where the conversation is in a window, the next one closes that.
      return event.preventDefault();
    }
    if (!isRow || event.ctrlKey || event.metaKey || event.altKey) return;
    const at = rows.findIndex((row) => row.key === (event.target as HTMLElement).closest<HTMLElement>("[data-key]")?.dataset["key"]);
    const from = at === -1 ? lastIndex + 1 : at;
    if (event.key === "ArrowUp") go(near(rows, from - 1, -1));
    else if (event.key === "ArrowDown") go(near(rows, from + 1, 1));
    else if (event.key === "Home") go(near(rows, 0, 1));
    else if (event.key === "End") go(near(rows, rows.length - 1, -1));
    else if (event.key === "Enter") (event.target as HTMLElement).querySelector<HTMLElement>("[data-actions]")?.click();
    else return;
    event.preventDefault();
  }

  return { key, pressed };
}

/** The bubble at `from`, or the next one in this direction. */
function near(rows: readonly HistoryRow[], from: number, step: 1 | -1): string | null {
  for (let at = from; at >= 0 && at < rows.length; at += step) {
    const row = rows[at];
    if (row?.kind === "bubble" && !(row.said.kind === "message" && row.said.message.type === "system")) return row.key;
  }
  return null;
}
