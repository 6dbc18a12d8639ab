import { Flag } from "lucide-react";
import { useCallback, useState } from "react";
import { type Pages, useMessaging, usePages } from "@/hooks";
import { useTexts } from "@/i18n";
import type { AdminReport } from "@/sdk/contract";
import { EmptyState, Filters, Listing, ReasonDialog, toast } from "@/ui";
import styles from "./Admin.module.css";
import { Author } from "./Author";
import { ReportRow } from "./ReportRow";
import { reportTexts } from "./texts.reports";
import { useChange } from "./useChange";

const STATUSES = ["open", "settled"] as const;
type Status = (typeof STATUSES)[number];

/** What members reported of the forum, and what became of it. */
export function Reports() {
  const t = useTexts(reportTexts);
  const [status, setStatus] = useState<Status>("open");
  return (
    <>
      <p className={styles.lead}>{t("lead")}</p>
      <Filters label={t("which")} tabs={STATUSES.map((key) => ({ key, text: t(key) }))} chosen={status} onChoose={setStatus} />
      <List key={status} status={status} />
    </>
  );
}

export type ReportAction = "removed" | "dismissed" | "restore" | "author";

function List({ status }: { status: Status }) {
  const t = useTexts(reportTexts);
  const { rest } = useMessaging();
  const pages = usePages<AdminReport>(
    useCallback((before, signal) => rest.call("GET /api/admin/reports", { query: { status, before }, signal }), [rest, status]),
  );
  const [asked, setAsked] = useState<{ report: AdminReport; action: ReportAction } | null>(null);
  const act = useAct(pages);
  const close = () => setAsked(null);
  return (
    <>
      <Listing
        pages={pages}
        empty={<EmptyState icon={<Flag size={28} />} title={t(`none_${status}`)} {...(status === "open" ? { text: t("noneText") } : {})} />}
      >
        {(report) => <ReportRow key={report.id} report={report} ask={(action) => setAsked({ report, action })} />}
      </Listing>
      {asked?.action === "author" && <Author questionId={asked.report.questionId} close={close} />}
      {asked !== null && asked.action !== "author" && (
        <ReasonDialog
          title={t(`ask_${asked.action}`)}
          label={t(asked.action === "restore" ? "why" : "note")}
          action={t(`do_${asked.action}`)}
          danger={asked.action === "removed"}
          shortest={asked.action === "restore" ? 3 : 0}
          close={close}
          act={(reason) => act(asked.report, asked.action as Exclude<ReportAction, "author">, reason)}
        >
          <p>{t(`text_${asked.action}`)}</p>
        </ReasonDialog>
      )}
    </>
  );
}

function useAct({ update }: Pages<AdminReport>) {
  const t = useTexts(reportTexts);
  const { rest } = useMessaging();
  const change = useChange();

  return (report: AdminReport, action: Exclude<ReportAction, "author">, reason: string) =>
    change(async () => {
      const isSame = (one: AdminReport) => one.questionId === report.questionId && one.answerId === report.answerId;
      if (action === "restore") {
        const body = { removed: false, reason };
        if (report.answerId === null) await rest.call("PATCH /api/admin/questions/{id}", { path: { id: report.questionId }, body });
        else await rest.call("PATCH /api/admin/answers/{id}", { path: { id: report.answerId }, body });
        update((items) => items.map((one) => (isSame(one) ? { ...one, removed: false } : one)));
      } else {
        const body = { decision: action, ...(reason === "" ? {} : { note: reason }) };
        await rest.call("PATCH /api/admin/reports/{id}", { path: { id: report.id }, body });
        // The decision is for all open reports of that text.
        update((items) => items.filter((one) => !isSame(one)));
      }
      toast(t(`done_${action}`));
    });
}
