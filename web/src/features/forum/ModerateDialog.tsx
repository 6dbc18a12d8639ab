import { type FormEvent, useId, useState } from "react";
import { useMessaging } from "@/hooks";
import { useTexts } from "@/i18n";
import { isMessagingError } from "@/sdk";
import type { Answer, Question } from "@/sdk/contract";
import { Button, Dialog, TextArea, toast } from "@/ui";
import styles from "./Forum.module.css";
import { forumTexts } from "./texts";

export interface ModerateDialogProps {
  post: Question | Answer;
  close: () => void;
  removed: () => void;
}

/** For administrators: takes somebody's text off the forum, with a reason that stays. */
export function ModerateDialog({ post, close, removed }: ModerateDialogProps) {
  const t = useTexts(forumTexts);
  const form = useId();
  const { rest } = useMessaging();
  const [busy, setBusy] = useState(false);

  async function remove(reason: string) {
    setBusy(true);
    try {
      const wanted = { path: { id: post.id }, body: { removed: true, reason } };
      if ("questionId" in post) await rest.call("PATCH /api/admin/answers/{id}", wanted);
      else await rest.call("PATCH /api/admin/questions/{id}", wanted);
      close();
      removed();
      toast(t("moderated"));
    } catch (error) {
      if (!isMessagingError(error)) throw error;
      toast(t("changeFailed"));
      setBusy(false);
    }
  }

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    void remove(String(new FormData(event.currentTarget).get("reason")));
  }

  return (
    <Dialog
      title={t("moderateTitle")}
      onClose={close}
      actions={
        <>
          <Button onClick={close}>{t("cancel")}</Button>
          <Button kind="danger" type="submit" form={form} busy={busy}>
            {t("moderate")}
          </Button>
        </>
      }
    >
      <form id={form} className={styles.form} onSubmit={submit}>
        <p>{t("moderateText")}</p>
        <TextArea label={t("moderateReason")} name="reason" required minLength={3} maxLength={500} data-autofocus />
      </form>
    </Dialog>
  );
}
