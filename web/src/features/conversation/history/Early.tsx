import { useRef } from "react";
import { BubbleView } from "../message/BubbleView";
import type { Bubble, HistoryRow } from "../types";
import styles from "./History.module.css";

/** What one wrote before the history was there to write below, sent meanwhile or not. */
export function useEarly(rows: readonly HistoryRow[], isOpen: boolean): readonly Bubble[] {
  const written = useRef(new Set<string>());
  if (isOpen) return [];
  const bubbles = rows.filter((row) => row.kind === "bubble");
  for (const { key, said } of bubbles) if (said.kind === "waiting") written.current.add(key);
  return bubbles.filter(({ key }) => written.current.has(key));
}

/** It stands where it will stand, so that nobody wonders whether it went. */
export function Early({ rows, label }: { rows: readonly Bubble[]; label: string }) {
  if (rows.length === 0) return null;
  return (
    <div className={styles.early}>
      <ol aria-label={label} className={styles.list}>
        {rows.map((row) => (
          <li key={row.key}>
            <BubbleView bubble={row} isActive={false} isHighlighted={false} />
          </li>
        ))}
      </ol>
    </div>
  );
}
