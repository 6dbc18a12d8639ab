import { MoreHorizontal } from "lucide-react";
import { Link } from "wouter";
import { ago, useTexts } from "@/i18n";
import type { AdminReport } from "@/sdk/contract";
import { Button, IconButton, Menu, Tag } from "@/ui";
import styles from "./Report.module.css";
import type { ReportAction } from "./Reports";
import { reportTexts } from "./texts.reports";

export interface ReportRowProps {
  report: AdminReport;
  ask: (action: ReportAction) => void;
}

/** Why it was reported and by whom, the text as it stands, and what one can do. */
export function ReportRow({ report, ask }: ReportRowProps) {
  const t = useTexts(reportTexts);
  const { questionId, answerId, reason, details, reporter, title, body, removed, createdAt, settledAt, decision, note } = report;
  return (
    <li className={styles.report}>
      <p className={styles.head}>
        <Tag tone="warn">{reasonName(reason, t)}</Tag>
        {removed && <Tag tone="danger">{t("isRemoved")}</Tag>}
        <span className={styles.quiet}>{t("by", { name: reporter.name, when: ago(createdAt) })}</span>
      </p>
      {details !== null && <p className={styles.details}>{t("quoted", { text: details })}</p>}
      <p className={styles.title}>
        {answerId === null ? t("question") : t("answer")} {removed && answerId === null ? title : <Link href={`/forum/${questionId}`}>{title}</Link>}
      </p>
      <blockquote className={styles.body}>{body}</blockquote>
      {settledAt !== null && (
        <p className={styles.quiet}>
          {t(decision === "removed" ? "wasRemoved" : "wasDismissed", { when: ago(settledAt) })}
          {note !== null && note !== "" && <> {t("quoted", { text: note })}</>}
        </p>
      )}
      <div className={styles.actions}>
        {settledAt === null && (
          <>
            <Button kind="danger" onClick={() => ask("removed")}>
              {t("do_removed")}
            </Button>
            <Button onClick={() => ask("dismissed")}>{t("do_dismissed")}</Button>
          </>
        )}
        {settledAt !== null && removed && <Button onClick={() => ask("restore")}>{t("do_restore")}</Button>}
        <Menu label={t("more")} items={[{ text: t("whoAsked"), onSelect: () => ask("author") }]}>
          {(trigger) => (
            <IconButton label={t("more")} {...trigger}>
              <MoreHorizontal size={20} aria-hidden="true" />
            </IconButton>
          )}
        </Menu>
      </div>
    </li>
  );
}

const REASONS = ["privacy", "dangerous", "abuse", "spam", "other"] as const;

function reasonName(reason: string, t: (key: `reason_${(typeof REASONS)[number]}`) => string): string {
  const known = REASONS.find((one) => one === reason);
  return known === undefined ? reason : t(`reason_${known}`);
}
