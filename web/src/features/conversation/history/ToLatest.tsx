import { ArrowDown } from "lucide-react";
import { useRef } from "react";
import { useTexts } from "@/i18n";
import { Hidden } from "@/ui";
import { counts } from "../rows/build";
import { texts } from "../texts";
import type { HistoryRow, Message } from "../types";
import styles from "./History.module.css";
import type { View } from "./VirtualList";

interface Props {
  items: readonly Message[];
  rows: readonly HistoryRow[];
  me: number;
  view: View | null;
  /** So many are after what is loaded. */
  unloaded: number;
  toBottom: () => void;
}

/** Away from the latest message: the way back, and how many came meanwhile. */
export function ToLatest({ items, rows, me, view, unloaded, toBottom }: Props) {
  const t = useTexts(texts);
  const seen = useRef(0);
  const last = view === null ? null : rows[view.lastIndex];
  if (last?.kind === "bubble" && last.said.kind === "message") seen.current = Math.max(seen.current, last.said.message.seq);
  if (view === null || (view.isAtBottom && unloaded === 0)) return null;
  let fresh = unloaded;
  for (let index = items.length - 1; index >= 0; index -= 1) {
    const message = items[index];
    if (message === undefined || message.seq <= seen.current) break;
    if (counts(message, me)) fresh += 1;
  }
  return (
    <button type="button" className={styles.below} onClick={toBottom}>
      <ArrowDown size={18} aria-hidden="true" />
      {fresh > 0 && t("newBelow", { count: fresh })}
      <Hidden>{t("toLatest")}</Hidden>
    </button>
  );
}
