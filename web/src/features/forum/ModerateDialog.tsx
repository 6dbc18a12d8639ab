import { useMessaging } from "@/hooks";
import { useTexts } from "@/i18n";
import { isMessagingError } from "@/sdk";
import type { Answer, Question } from "@/sdk/contract";
import { ReasonDialog, toast } from "@/ui";
import { forumTexts } from "./texts";

export interface ModerateDialogProps {
  post: Question | Answer;
  close: () => void;
  removed: () => void;
}

/** For administrators: takes somebody's text off the forum, with a reason that stays. */
export function ModerateDialog({ post, close, removed }: ModerateDialogProps) {
  const t = useTexts(forumTexts);
  const { rest } = useMessaging();

  async function remove(reason: string): Promise<boolean> {
    try {
      const wanted = { path: { id: post.id }, body: { removed: true, reason } };
      if ("questionId" in post) await rest.call("PATCH /api/admin/answers/{id}", wanted);
      else await rest.call("PATCH /api/admin/questions/{id}", wanted);
    } catch (error) {
      if (!isMessagingError(error)) throw error;
      toast(t("changeFailed"));
      return false;
    }
    removed();
    toast(t("moderated"));
    return true;
  }

  return (
    <ReasonDialog title={t("moderateTitle")} label={t("moderateReason")} action={t("moderate")} danger shortest={3} close={close} act={remove}>
      <p>{t("moderateText")}</p>
    </ReasonDialog>
  );
}
