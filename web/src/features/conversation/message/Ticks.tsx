import { AlertTriangle, Check, CheckCheck, Clock3 } from "lucide-react";
import { useTexts } from "@/i18n";
import { classes, Hidden } from "@/ui";
import { texts } from "../texts";
import type { Status } from "../types";
import styles from "./Ticks.module.css";

const ICONS = {
  waiting: Clock3,
  sending: Clock3,
  notSent: AlertTriangle,
  refused: AlertTriangle,
  sent: Check,
  delivered: CheckCheck,
  read: CheckCheck,
} as const;

/** Clock, one tick, two ticks, two coloured ticks: each with its word. */
export function Ticks({ status }: { status: Status }) {
  const t = useTexts(texts);
  const Icon = ICONS[status];
  return (
    <span className={classes(styles.ticks, styles[status])} title={t(status)} data-status={status}>
      <Icon size={16} aria-hidden="true" />
      <Hidden>{t(status)}</Hidden>
    </span>
  );
}
