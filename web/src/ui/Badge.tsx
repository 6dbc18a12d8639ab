import type { ReactNode } from "react";
import styles from "./Badge.module.css";
import { classes } from "./classes";
import { Hidden } from "./Hidden";

export type Tone = "neutral" | "accent" | "info" | "ok" | "warn" | "danger";

/** A number of something new; `text` says of what. Zero shows a dot (marked unread by hand). */
export function CountBadge({ count, text, muted }: { count: number; text: string; muted?: boolean }) {
  return (
    <span className={classes(styles.count, count === 0 && styles.dot, muted && styles.muted)} data-count={count}>
      <span aria-hidden="true">{count === 0 ? "" : count > 99 ? "99+" : count}</span>
      <Hidden>{text}</Hidden>
    </span>
  );
}

/** A word on a soft ground; the colour only repeats what the word says. */
export function Tag({ tone = "neutral", icon, children }: { tone?: Tone; icon?: ReactNode; children: ReactNode }) {
  return (
    <span className={classes(styles.tag, tone !== "neutral" && styles[tone])}>
      {icon}
      {children}
    </span>
  );
}
