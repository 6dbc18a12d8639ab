import { dayLabel, useLanguage, useTexts } from "@/i18n";
import { classes } from "@/ui";
import { texts } from "../texts";
import type { Message } from "../types";
import styles from "./Lines.module.css";

/** Between two days. */
export function DayLine({ iso }: { iso: string }) {
  const spoken = useLanguage();
  return (
    <p className={styles.line}>
      <span className={styles.day}>{dayLabel(iso, spoken)}</span>
    </p>
  );
}

/** Before the first message that was unread when one came. */
export function UnreadLine({ count }: { count: number | null }) {
  const t = useTexts(texts);
  return (
    <p className={classes(styles.line, styles.unread)}>
      <span>{count === null ? t("unreadMany") : t("unread", { count })}</span>
    </p>
  );
}

export function BeginningLine({ name }: { name: string }) {
  const t = useTexts(texts);
  return (
    <p className={classes(styles.line, styles.beginning)}>
      {t("beginning")} {t("whoReads", { name })}
    </p>
  );
}

/** What the server says: it has codes, and the client the words. */
export function SystemLine({ message }: { message: Message }) {
  const t = useTexts(texts);
  const content = message.content as { code?: unknown; params?: Record<string, unknown> };
  const text =
    content.code === "context_version_changed" ? t("systemVersion", { version: String(content.params?.["version"] ?? "") }) : t("system");
  return (
    <p className={classes(styles.line, styles.system)}>
      <span>{text}</span>
    </p>
  );
}
