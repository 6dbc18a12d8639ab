import { type FormEvent, useState } from "react";
import { useMessaging } from "@/hooks";
import { useTexts } from "@/i18n";
import { isMessagingError } from "@/sdk";
import { Button, Card } from "@/ui";
import styles from "./Forum.module.css";
import { createOnce } from "./once";
import { forumTexts } from "./texts";
import type { Live } from "./thread";
import { useAnswerTyping } from "./useAnswerTyping";
import { Writing } from "./Writing";

export function AnswerForm({ questionId, apply }: { questionId: number; apply: (live: Live) => void }) {
  const t = useTexts(forumTexts);
  const { rest } = useMessaging();
  const { others, typing, stopTyping } = useAnswerTyping(questionId);
  const [busy, setBusy] = useState(false);
  const [once] = useState(createOnce);
  const [trouble, setTrouble] = useState<string | null>(null);
  // The form begins anew after each answer.
  const [published, setPublished] = useState(0);

  async function publish(body: string) {
    setBusy(true);
    setTrouble(null);
    try {
      const { answer } = await rest.call("POST /api/questions/{id}/answers", { path: { id: questionId }, body: once.sent({ body }) });
      once.arrived();
      apply({ type: "answered", change: answer.change, answer });
      stopTyping();
      setPublished((before) => before + 1);
    } catch (error) {
      if (!isMessagingError(error)) throw error;
      setTrouble(error.fields["body"] ?? t(error.code === "RATE_LIMIT_EXCEEDED" ? "tooFast" : "changeFailed"));
    } finally {
      setBusy(false);
    }
  }

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    void publish(String(new FormData(event.currentTarget).get("body")));
  }

  return (
    <Card>
      <p role="status" className={styles.typing}>
        {others > 0 && t("othersWrite", { count: others })}
      </p>
      <form className={styles.form} onSubmit={submit}>
        <Writing key={published} label={t("yourAnswer")} trouble={trouble} onWrite={typing} />
        <div>
          <Button kind="primary" type="submit" busy={busy}>
            {t("answer")}
          </Button>
        </div>
      </form>
    </Card>
  );
}
