import { type FormEvent, useId, useState } from "react";
import { useMessaging } from "@/hooks";
import { useTexts } from "@/i18n";
import { isMessagingError } from "@/sdk";
import type { Answer, Question } from "@/sdk/contract";
import { Banner, Button, Dialog, Field } from "@/ui";
import styles from "./Forum.module.css";
import { tagsOf } from "./tags";
import { forumTexts } from "./texts";
import type { Live } from "./thread";
import { Writing } from "./Writing";

export interface EditDialogProps {
  post: Question | Answer;
  apply: (live: Live) => void;
  close: () => void;
}

/** One's own text, to be changed; earlier texts are kept. */
export function EditDialog({ post, apply, close }: EditDialogProps) {
  const t = useTexts(forumTexts);
  const form = useId();
  const { busy, fields, failed, save } = useSave(post, apply, close);
  // Of a list the server names the place: "tags.1".
  const trouble = (name: string) => Object.entries(fields).find(([field]) => field.startsWith(name))?.[1] ?? null;
  return (
    <Dialog
      title={t("title" in post ? "editQuestion" : "editAnswer")}
      size="wide"
      onClose={close}
      actions={
        <>
          <Button onClick={close}>{t("cancel")}</Button>
          <Button kind="primary" type="submit" form={form} busy={busy}>
            {t("save")}
          </Button>
        </>
      }
    >
      <form id={form} className={styles.form} onSubmit={save}>
        {"title" in post && (
          <>
            <Field
              label={t("askTitle")}
              name="title"
              required
              minLength={10}
              maxLength={200}
              defaultValue={post.title}
              data-autofocus
              trouble={trouble("title")}
            />
            <Field label={t("tags")} hint={t("tagsHint")} name="tags" required defaultValue={post.tags.join(", ")} trouble={trouble("tags")} />
          </>
        )}
        <Writing label={t("title" in post ? "askBody" : "yourAnswer")} defaultValue={post.body} trouble={trouble("body")} />
        <p className={styles.quiet}>{t("editText")}</p>
        {failed && (
          <Banner tone="danger" round role="alert">
            {t("changeFailed")}
          </Banner>
        )}
      </form>
    </Dialog>
  );
}

function useSave(post: Question | Answer, apply: (live: Live) => void, close: () => void) {
  const { rest } = useMessaging();
  const [busy, setBusy] = useState(false);
  const [fields, setFields] = useState<Readonly<Record<string, string>>>({});
  const [failed, setFailed] = useState(false);

  async function store(given: FormData): Promise<Live> {
    const path = { id: post.id };
    const body = String(given.get("body"));
    if ("questionId" in post) {
      const { answer } = await rest.call("PATCH /api/answers/{id}", { path, body: { body } });
      return { type: "answerChanged", change: answer.change, answer };
    }
    const change = { title: String(given.get("title")), tags: tagsOf(String(given.get("tags"))), body };
    const { question } = await rest.call("PATCH /api/questions/{id}", { path, body: change });
    return { type: "changed", change: question.change, question };
  }

  async function run(given: FormData) {
    setBusy(true);
    setFields({});
    setFailed(false);
    try {
      apply(await store(given));
      close();
    } catch (error) {
      if (!isMessagingError(error)) throw error;
      setFields(error.fields);
      setFailed(Object.keys(error.fields).length === 0);
      setBusy(false);
    }
  }

  function save(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    void run(new FormData(event.currentTarget));
  }

  return { busy, fields, failed, save };
}
