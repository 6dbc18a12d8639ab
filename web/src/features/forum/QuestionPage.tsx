import { MessageCircleQuestion } from "lucide-react";
import { type FormEvent, useRef, useState } from "react";
import { Link, useLocation } from "wouter";
import { useLimits, useMessaging } from "@/hooks";
import { useTexts } from "@/i18n";
import { isMessagingError } from "@/sdk";
import { Banner, Button, Card, EmptyState, Filters, Loading, Page, Tag, TextArea, toast, uiTexts } from "@/ui";
import styles from "./Forum.module.css";
import { createOnce } from "./once";
import { Post } from "./Post";
import { forumTexts } from "./texts";
import type { Live, QuestionThread } from "./thread";
import { type Sort, useQuestion } from "./useQuestion";

const SORTS: readonly Sort[] = ["votes", "newest", "oldest"];

export function QuestionPage({ id }: { id: number }) {
  const t = useTexts(forumTexts);
  const ui = useTexts(uiTexts);
  const [sort, setSort] = useState<Sort>("votes");
  const { thread, error, reload, apply } = useQuestion(id, sort);
  return (
    <Page title={t("title")} back="/forum">
      {error?.code === "NOT_FOUND" && (
        <EmptyState icon={<MessageCircleQuestion size={28} />} title={t("gone")} action={<Link href="/forum">{t("back")}</Link>} />
      )}
      {error !== null && error.code !== "NOT_FOUND" && (
        <Banner tone="warn" round role="alert" action={<Button onClick={reload}>{ui("retry")}</Button>}>
          {t("failed")}
        </Banner>
      )}
      {error === null && thread === null && <Loading text={t("loading")} />}
      {error?.code !== "NOT_FOUND" && thread !== null && (
        <Thread thread={thread} sort={sort} setSort={setSort} apply={apply} reload={reload} />
      )}
    </Page>
  );
}

interface ThreadProps {
  thread: QuestionThread;
  sort: Sort;
  setSort: (sort: Sort) => void;
  apply: (live: Live) => void;
  reload: () => void;
}

function Thread({ thread: { question, answers }, sort, setSort, apply, reload }: ThreadProps) {
  const t = useTexts(forumTexts);
  const [, navigate] = useLocation();
  const accept = useAccept(apply);
  return (
    <>
      <Card flush>
        <Post
          post={question}
          apply={apply}
          removed={() => navigate("/forum")}
          above={
            <>
              <h2 className={styles.title}>{question.title}</h2>
              <p className={styles.foot}>
                {question.tags.map((tag) => (
                  <Link key={tag} href={`/forum?tag=${encodeURIComponent(tag)}`}>
                    <Tag tone="accent">{tag}</Tag>
                  </Link>
                ))}
              </p>
            </>
          }
        />
      </Card>
      <div className={styles.bar}>
        <h2>{t("answers", { count: question.answerCount })}</h2>
        <Filters label={t("sort")} tabs={SORTS.map((key) => ({ key, text: t(`sort_${key}`) }))} chosen={sort} onChoose={setSort} />
      </div>
      {answers.length === 0 ? (
        <EmptyState icon={<MessageCircleQuestion size={28} />} title={t("noAnswer")} text={t("noAnswerText")} />
      ) : (
        <Card flush>
          <ul className={styles.rows}>
            {answers.map((answer) => (
              <li key={answer.id}>
                <Post
                  post={answer}
                  apply={apply}
                  removed={reload}
                  accept={question.canAccept ? (isAccepted) => void accept(answer.id, isAccepted) : undefined}
                />
              </li>
            ))}
          </ul>
        </Card>
      )}
      <AnswerForm questionId={question.id} apply={apply} />
    </>
  );
}

function useAccept(apply: (live: Live) => void) {
  const t = useTexts(forumTexts);
  const { rest } = useMessaging();

  return async (answerId: number, isAccepted: boolean) => {
    try {
      const path = { path: { id: answerId } };
      const { question } = isAccepted
        ? await rest.call("POST /api/answers/{id}/accept", path)
        : await rest.call("DELETE /api/answers/{id}/accept", path);
      apply({ type: "accepted", change: question.change, answerId: question.acceptedAnswerId });
    } catch (error) {
      if (!isMessagingError(error)) throw error;
      toast(t("changeFailed"));
    }
  };
}

function AnswerForm({ questionId, apply }: { questionId: number; apply: (live: Live) => void }) {
  const t = useTexts(forumTexts);
  const { rest } = useMessaging();
  const { maxContentLength } = useLimits();
  const form = useRef<HTMLFormElement>(null);
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState(false);
  const [once] = useState(createOnce);

  async function publish(body: string) {
    setBusy(true);
    setFailed(false);
    try {
      const { answer } = await rest.call("POST /api/questions/{id}/answers", { path: { id: questionId }, body: once.sent({ body }) });
      once.arrived();
      apply({ type: "answered", change: answer.change, answer });
      form.current?.reset();
    } catch (error) {
      if (!isMessagingError(error)) throw error;
      setFailed(true);
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
      <form ref={form} className={styles.form} onSubmit={submit}>
        <TextArea
          label={t("yourAnswer")}
          name="body"
          hint={t("answerHint")}
          required
          maxLength={maxContentLength}
          trouble={failed ? t("changeFailed") : null}
        />
        <div>
          <Button kind="primary" type="submit" busy={busy}>
            {t("answer")}
          </Button>
        </div>
      </form>
    </Card>
  );
}
