import { useState } from "react";
import { useMessaging } from "@/hooks";
import { useTexts } from "@/i18n";
import { isMessagingError } from "@/sdk";
import type { Answer, Question } from "@/sdk/contract";
import { Button, Dialog, toast } from "@/ui";
import { forumTexts } from "./texts";

export interface RemoveDialogProps {
  post: Question | Answer;
  close: () => void;
  removed: () => void;
}

export function RemoveDialog({ post, close, removed }: RemoveDialogProps) {
  const t = useTexts(forumTexts);
  const { rest } = useMessaging();
  const [busy, setBusy] = useState(false);

  async function remove() {
    setBusy(true);
    try {
      const which = { path: { id: post.id } };
      if ("questionId" in post) await rest.call("DELETE /api/answers/{id}", which);
      else await rest.call("DELETE /api/questions/{id}", which);
      close();
      removed();
    } catch (error) {
      if (!isMessagingError(error)) throw error;
      toast(t("changeFailed"));
      setBusy(false);
    }
  }

  return (
    <Dialog
      title={t("removeTitle")}
      size="small"
      onClose={close}
      actions={
        <>
          <Button data-autofocus onClick={close}>
            {t("cancel")}
          </Button>
          <Button kind="danger" busy={busy} onClick={() => void remove()}>
            {t("remove")}
          </Button>
        </>
      }
    >
      <p>{t("removeText")}</p>
    </Dialog>
  );
}
