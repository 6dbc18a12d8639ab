import { MessageCircleQuestion } from "lucide-react";
import { useState } from "react";
import { Link, useLocation } from "wouter";
import { useMessaging } from "@/hooks";
import { useTexts } from "@/i18n";
import { isMessagingError } from "@/sdk";
import { Banner, Button, Card, EmptyState, Filters, Loading, Page, Tag, toast, uiTexts } from "@/ui";
import { addressOf } from "./address";
import { AnswerForm } from "./AnswerForm";
import styles from "./Forum.module.css";
import { Post } from "./Post";
import { forumTexts } from "./texts";
import type { Live, QuestionThread } from "./thread";
import { type Sort, useQuestion } from "./useQuestion";

const SORTS: readonly Sort[] = ["votes", "newest", "oldest"];

export function QuestionPage({ id }: { id: number }) {
  const t = useTexts(forumTexts);
  const ui = useTexts(uiTexts);
  const [sort, setSort] = useState<Sort>("votes");
  const { thread, error, reload, apply, loadMore } = useQuestion(id, sort);
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
        <Thread thread={thread} sort={sort} setSort={setSort} apply={apply} reload={reload} loadMore={loadMore} />
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
  /** Null: all answers are there. */
  loadMore: (() => Promise<void>) | null;
}

function Thread({ thread: { question, answers }, sort, setSort, apply, reload, loadMore }: ThreadProps) {
  const t = useTexts(forumTexts);
  const ui = useTexts(uiTexts);
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
              <h2 className={styles.title} dir="auto">
                {question.title}
              </h2>
              <p className={styles.foot}>
                {question.tags.map((tag) => (
                  <Link key={tag} href={addressOf({ tag })} className={styles.topic ?? ""}>
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
      {loadMore !== null && (
        <div>
          <Button onClick={() => void loadMore()}>{ui("more")}</Button>
        </div>
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
