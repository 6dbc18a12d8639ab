import { dayLabel, useLanguage } from "@/i18n";
import type { HistoryRow } from "../types";
import type { View } from "./VirtualList";
import styles from "./History.module.css";

/** The day of what is at the upper edge; the lines between days say it to screen readers. */
export function StickyDay({ rows, view }: { rows: readonly HistoryRow[]; view: View | null }) {
  const spoken = useLanguage();
  // At the bottom it would only be in the way: there the days are those that one has just read.
  const row = view === null || view.isAtBottom ? undefined : rows[view.firstIndex];
  if (row?.kind !== "bubble") return null;
  const iso = row.said.kind === "message" ? row.said.message.sentAt : row.said.item.queuedAt;
  return (
    <div className={styles.sticky} aria-hidden="true" data-day="">
      {dayLabel(iso, spoken)}
    </div>
  );
}
