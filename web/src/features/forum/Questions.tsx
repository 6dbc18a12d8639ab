import { MessageCircleQuestion, MessageSquarePlus, Search } from "lucide-react";
import { type FormEvent, useCallback } from "react";
import { Link, useLocation, useSearch } from "wouter";
import { useMessaging, useResource } from "@/hooks";
import { useTexts } from "@/i18n";
import { Banner, Button, EmptyState, Field, Filters, Listing, Tag, uiTexts } from "@/ui";
import { addressOf, CHOICES, type Wanted, wantedIn } from "./address";
import styles from "./Forum.module.css";
import { QuestionRow } from "./QuestionRow";
import { Section } from "./Section";
import { forumTexts } from "./texts";
import { useQuestions } from "./useQuestions";

const TOPICS = 12;
const SHORTEST = 2;

export function Questions() {
  const t = useTexts(forumTexts);
  const [, navigate] = useLocation();
  const wanted = wantedIn(useSearch());

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const words = String(new FormData(event.currentTarget).get("q")).trim();
    navigate(addressOf({ ...wanted, q: words.length < SHORTEST ? "" : words }));
  }

  return (
    <Section
      part="questions"
      actions={
        <Button kind="primary" icon={<MessageSquarePlus size={18} aria-hidden="true" />} onClick={() => navigate("/forum/ask")}>
          {t("ask")}
        </Button>
      }
    >
      <div className={styles.tools}>
        <form role="search" onSubmit={submit}>
          <Field
            key={wanted.q}
            label={t("search")}
            hideLabel
            type="search"
            name="q"
            enterKeyHint="search"
            placeholder={t("search")}
            maxLength={200}
            defaultValue={wanted.q}
            before={<Search size={18} aria-hidden="true" />}
          />
        </form>
        <Filters
          label={t("show")}
          tabs={CHOICES.map((key) => ({ key, text: t(key) }))}
          chosen={wanted.choice}
          onChoose={(choice) => navigate(addressOf({ ...wanted, choice }))}
        />
        <Topics wanted={wanted} />
      </div>
      <Results key={addressOf(wanted)} wanted={wanted} />
    </Section>
  );
}

/** The tags that are used most, or the one that was chosen and the way back. */
function Topics({ wanted }: { wanted: Wanted }) {
  const t = useTexts(forumTexts);
  const { rest } = useMessaging();
  const { data } = useResource(useCallback((signal) => rest.call("GET /api/tags", { query: { limit: TOPICS }, signal }), [rest]));
  if (wanted.tag !== "")
    return (
      <p className={styles.foot}>
        {t("tagged", { tag: wanted.tag })} <Link href={addressOf({ ...wanted, tag: "" })}>{t("allTags")}</Link>
      </p>
    );
  if (data === null || data.items.length === 0) return null;
  return (
    <nav aria-label={t("topics")}>
      <ul className={styles.topics}>
        {data.items.map(({ tag, count }) => (
          <li key={tag}>
            <Link href={addressOf({ ...wanted, tag })} className={styles.topic ?? ""} aria-label={t("topic", { tag, count })}>
              <Tag>{tag}</Tag>
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function Results({ wanted: { choice, q, tag } }: { wanted: Wanted }) {
  const t = useTexts(forumTexts);
  const ui = useTexts(uiTexts);
  const { fresh, ...pages } = useQuestions(choice, q, tag);
  const isNarrowed = q !== "" || tag !== "" || choice === "unanswered" || choice === "mine";
  return (
    <>
      <div role="status">
        {fresh > 0 && (
          <Banner round action={<Button onClick={pages.reload}>{ui("show")}</Button>}>
            {t("fresh", { count: fresh })}
          </Banner>
        )}
      </div>
      <Listing
        pages={pages}
        empty={
          <EmptyState
            icon={<MessageCircleQuestion size={28} />}
            title={t(isNarrowed ? "noMatch" : "none")}
            text={t(isNarrowed ? "noMatchText" : "noneText")}
          />
        }
      >
        {(question) => <QuestionRow key={question.id} question={question} />}
      </Listing>
    </>
  );
}
