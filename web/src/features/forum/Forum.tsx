import { MessageCircleQuestion, MessageSquarePlus, Search } from "lucide-react";
import { type FormEvent, useState } from "react";
import { Link, useLocation, useSearch } from "wouter";
import { useFeatures } from "@/hooks";
import { useTexts } from "@/i18n";
import { Banner, Button, Card, EmptyState, Field, Filters, Loading, Page, uiTexts } from "@/ui";
import { AskForm } from "./AskForm";
import styles from "./Forum.module.css";
import { QuestionPage } from "./QuestionPage";
import { QuestionRow } from "./QuestionRow";
import { forumTexts } from "./texts";
import { type Choice, useQuestions } from "./useQuestions";

const CHOICES: readonly Choice[] = ["activity", "newest", "votes", "unanswered", "mine"];

export function Forum({ part }: { part: string | undefined }) {
  const t = useTexts(forumTexts);
  const { forum } = useFeatures();
  if (!forum)
    return (
      <Page title={t("title")}>
        <EmptyState icon={<MessageCircleQuestion size={28} />} title={t("off")} />
      </Page>
    );
  if (part === "ask") return <AskForm />;
  return part === undefined ? <Questions /> : <QuestionPage key={part} id={Number(part) || 0} />;
}

/** What is looked for is in the address: "back" from a question leads to the same list. */
function Questions() {
  const t = useTexts(forumTexts);
  const [, navigate] = useLocation();
  const wanted = new URLSearchParams(useSearch());
  const q = wanted.get("q") ?? "";
  const tag = wanted.get("tag") ?? "";
  const [choice, setChoice] = useState<Choice>("activity");

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const words = String(new FormData(event.currentTarget).get("q")).trim();
    navigate(words.length < 2 ? "/forum" : `/forum?q=${encodeURIComponent(words)}`);
  }

  return (
    <Page
      title={t("title")}
      actions={
        <Button kind="primary" icon={<MessageSquarePlus size={18} aria-hidden="true" />} onClick={() => navigate("/forum/ask")}>
          {t("ask")}
        </Button>
      }
    >
      <div className={styles.tools}>
        <form role="search" onSubmit={submit}>
          <Field
            key={q}
            label={t("search")}
            hideLabel
            type="search"
            name="q"
            placeholder={t("search")}
            maxLength={200}
            defaultValue={q}
            before={<Search size={18} aria-hidden="true" />}
          />
        </form>
        <Filters label={t("show")} tabs={CHOICES.map((key) => ({ key, text: t(key) }))} chosen={choice} onChoose={setChoice} />
        {tag !== "" && (
          <p className={styles.foot}>
            {t("tagged", { tag })} <Link href="/forum">{t("allTags")}</Link>
          </p>
        )}
      </div>
      <Results key={`${choice} ${q} ${tag}`} choice={choice} q={q} tag={tag} />
    </Page>
  );
}

function Results({ choice, q, tag }: { choice: Choice; q: string; tag: string }) {
  const t = useTexts(forumTexts);
  const ui = useTexts(uiTexts);
  const { items, isLoading, error, hasMore, loadMore, reload, fresh } = useQuestions(choice, q, tag);
  return (
    <>
      <div role="status">
        {fresh > 0 && (
          <Banner round action={<Button onClick={reload}>{ui("show")}</Button>}>
            {t("fresh", { count: fresh })}
          </Banner>
        )}
      </div>
      {error !== null && (
        <Banner tone="warn" round role="alert" action={<Button onClick={reload}>{ui("retry")}</Button>}>
          {t("failed")}
        </Banner>
      )}
      {isLoading && items.length === 0 && <Loading text={t("loading")} />}
      {!isLoading && error === null && items.length === 0 && (
        <EmptyState icon={<MessageCircleQuestion size={28} />} title={t("none")} text={t("noneText")} />
      )}
      {items.length > 0 && (
        <Card flush>
          <ul className={styles.rows}>
            {items.map((question) => (
              <QuestionRow key={question.id} question={question} />
            ))}
          </ul>
        </Card>
      )}
      {hasMore && (
        <Button busy={isLoading} onClick={loadMore}>
          {ui("more")}
        </Button>
      )}
    </>
  );
}
