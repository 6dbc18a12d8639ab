import { dayLabel, type Translate, useLanguage, useTexts } from "@/i18n";
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
  return (
    <p className={classes(styles.line, styles.system)}>
      <span>{said(content.code, content.params, t)}</span>
    </p>
  );
}

function said(code: unknown, params: Record<string, unknown> | undefined, t: Translate<keyof typeof texts.fr>): string {
  if (code === "message_unreadable") return t("systemUnreadable");
  return code === "context_version_changed" ? t("systemVersion", { version: String(params?.["version"] ?? "") }) : t("system");
}
