import { Search as SearchIcon } from "lucide-react";
import { type FormEvent, useCallback, useEffect, useState } from "react";
import { useLocation, useSearch } from "wouter";
import { type Pages, useMessaging, usePages } from "@/hooks";
import { useTexts } from "@/i18n";
import type { Hit as FoundMessage } from "@/sdk/contract";
import { Banner, Button, Card, EmptyState, Field, Hidden, Loading, Page, uiTexts } from "@/ui";
import { Hit } from "./Hit";
import styles from "./Search.module.css";
import { searchTexts } from "./texts";

/** The words are in the address, so that "back" from a message comes back to the hits. */
export function Search() {
  const t = useTexts(searchTexts);
  const [, navigate] = useLocation();
  const q = new URLSearchParams(useSearch()).get("q")?.trim() ?? "";
  const [typed, setTyped] = useState(q);

  function submit(event: FormEvent) {
    event.preventDefault();
    navigate(typed.trim() === "" ? "/search" : `/search?q=${encodeURIComponent(typed.trim())}`, { replace: true });
  }

  return (
    <Page title={t("title")}>
      <form role="search" className={styles.form} onSubmit={submit}>
        <Field
          label={t("label")}
          hint={t("hint")}
          type="search"
          enterKeyHint="search"
          maxLength={200}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          before={<SearchIcon size={18} aria-hidden="true" />}
          after={
            <Button kind="quiet" type="submit">
              {t("go")}
            </Button>
          }
        />
      </form>
      {q === "" ? <EmptyState icon={<SearchIcon size={28} />} title={t("start")} text={t("startText")} /> : <Results q={q} />}
    </Page>
  );
}

function Results({ q }: { q: string }) {
  const t = useTexts(searchTexts);
  const ui = useTexts(uiTexts);
  const { items, isLoading, error, hasMore, loadMore, reload } = useHits(q);
  if (error !== null && items.length === 0)
    return (
      <Banner tone="warn" round role="alert" action={<Button onClick={reload}>{ui("retry")}</Button>}>
        {t("failed")}
      </Banner>
    );
  if (isLoading && items.length === 0) return <Loading text={t("searching")} />;
  if (items.length === 0) return <EmptyState icon={<SearchIcon size={28} />} title={t("none")} text={t("noneText")} />;
  return (
    <>
      <Hidden role="status">{t("shown", { count: items.length })}</Hidden>
      <Card flush>
        <ul className={styles.hits} aria-label={t("results")}>
          {items.map((hit) => (
            <Hit key={hit.message.id} hit={hit} />
          ))}
        </ul>
      </Card>
      {hasMore && (
        <Button busy={isLoading} onClick={loadMore}>
          {ui("more")}
        </Button>
      )}
    </>
  );
}

function useHits(q: string): Pages<FoundMessage> {
  const messaging = useMessaging();
  // Whom each conversation is with.
  useEffect(() => void messaging.loadList({}), [messaging]);
  return usePages(
    useCallback((before, signal) => messaging.rest.messages.search({ q, before }, signal), [messaging, q]),
  );
}
