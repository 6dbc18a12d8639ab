import { type FormEvent, useId, useState } from "react";
import { useMessaging } from "@/hooks";
import { useTexts } from "@/i18n";
import { isMessagingError } from "@/sdk";
import type { Answer, Question, Report } from "@/sdk/contract";
import { Button, Dialog, Select, TextArea, toast } from "@/ui";
import styles from "./Forum.module.css";
import { forumTexts } from "./texts";

const REASONS = ["privacy", "dangerous", "abuse", "spam", "other"] as const;

export function ReportDialog({ post, close }: { post: Question | Answer; close: () => void }) {
  const t = useTexts(forumTexts);
  const form = useId();
  const { rest } = useMessaging();
  const [busy, setBusy] = useState(false);

  async function report(body: Report) {
    setBusy(true);
    try {
      const wanted = { path: { id: post.id }, body };
      if ("questionId" in post) await rest.call("POST /api/answers/{id}/report", wanted);
      else await rest.call("POST /api/questions/{id}/report", wanted);
      close();
      toast(t("reported"));
    } catch (error) {
      if (!isMessagingError(error)) throw error;
      toast(t("changeFailed"));
      setBusy(false);
    }
  }

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const given = new FormData(event.currentTarget);
    const details = String(given.get("details")).trim();
    void report({ reason: given.get("reason") as Report["reason"], ...(details === "" ? {} : { details }) });
  }

  return (
    <Dialog
      title={t("reportTitle")}
      onClose={close}
      actions={
        <>
          <Button onClick={close}>{t("cancel")}</Button>
          <Button kind="primary" type="submit" form={form} busy={busy}>
            {t("send")}
          </Button>
        </>
      }
    >
      <form id={form} className={styles.form} onSubmit={submit}>
        <p>{t("reportText")}</p>
        <Select label={t("reason")} name="reason" data-autofocus>
          {REASONS.map((reason) => (
            <option key={reason} value={reason}>
              {t(`reason_${reason}`)}
            </option>
          ))}
        </Select>
        <TextArea label={t("details")} name="details" maxLength={500} />
      </form>
    </Dialog>
  );
}
