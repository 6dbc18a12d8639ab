import { Inbox as InboxIcon, Search, SquarePen, X } from "lucide-react";
import { type RefObject, useCallback, useDeferredValue, useEffect, useRef, useState } from "react";
import { useConversations, useMe } from "@/hooks";
import { useTexts } from "@/i18n";
import type { Role } from "@/sdk/types";
import { Button, Field, Filters, IconButton, Loading } from "@/ui";
import { ConversationList } from "./ConversationList";
import { type Filter, filtersFor, isShown, queryFor } from "./filters";
import styles from "./Inbox.module.css";
import { EmptyList, Failed, NoHits, Skeletons } from "./Notes";
import { inboxTexts } from "./texts";

export interface InboxProps {
  openId: number | null;
  onNew: () => void;
  /** For the shortcut that leads here. */
  searchBox: RefObject<HTMLInputElement | null>;
}

export function Inbox({ openId, onNew, searchBox }: InboxProps) {
  const t = useTexts(inboxTexts);
  const role = useMe()?.role ?? "patient";
  const [filter, setFilter] = useState<Filter>("all");
  const [typed, setTyped] = useState("");
  const q = useDeferredValue(typed.trim());
  return (
    <nav className={styles.inbox} aria-label={t("list")}>
      <header className={styles.head}>
        <h2 className={styles.title}>{t("title")}</h2>
        <IconButton label={t("newOne")} primary onClick={onNew}>
          <SquarePen size={20} aria-hidden="true" />
        </IconButton>
      </header>
      <div className={styles.tools}>
        <Field
          label={t("search")}
          hideLabel
          soft
          ref={searchBox}
          type="search"
          placeholder={t("search")}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          before={<Search size={18} aria-hidden="true" />}
          after={
            typed !== "" && (
              <IconButton label={t("clear")} onClick={() => setTyped("")}>
                <X size={16} aria-hidden="true" />
              </IconButton>
            )
          }
        />
        <Filters
          label={t("filter")}
          tabs={filtersFor(role).map((key) => ({ key, text: t(key) }))}
          chosen={filter}
          onChoose={setFilter}
          inOneRow
        />
      </div>
      <Results filter={filter} q={q} openId={openId} role={role} onNew={onNew} />
    </nav>
  );
}

interface ResultsProps {
  filter: Filter;
  q: string;
  openId: number | null;
  role: Role;
  onNew: () => void;
}

function Results({ filter, q, openId, role, onNew }: ResultsProps) {
  const t = useTexts(inboxTexts);
  const { items, status, hasMore, loadMore, reload } = useConversations(queryFor(filter, q));
  const shown = items.filter((conversation) => isShown(conversation, filter, q));
  const isEmpty = shown.length === 0 && !hasMore;
  return (
    <div className={styles.scroll}>
      {status === "failed" && shown.length === 0 && <Failed retry={reload} />}
      {status === "loading" && shown.length === 0 && <Skeletons />}
      {status === "ready" && isEmpty && q !== "" && <NoHits q={q} />}
      {status === "ready" && isEmpty && q === "" && (
        <EmptyList
          filter={filter}
          role={role}
          icon={<InboxIcon size={28} />}
          action={
            role !== "medecin" && (
              <Button kind="primary" onClick={onNew}>
                {t("newOne")}
              </Button>
            )
          }
        />
      )}
      <ConversationList items={shown} openId={openId} />
      {hasMore && (status === "ready" || (status === "failed" && shown.length > 0)) && (
        <More key={`${filter} ${q}`} load={loadMore} failed={status === "failed"} />
      )}
    </div>
  );
}

/**
 * The next page comes before the end is reached, and the one after it, until the screen is full: of what is narrowed here
 * ("unread" is no filter of the server), a page may hold nothing. The button is for a second try.
 */
function More({ load, failed }: { load: () => Promise<void>; failed: boolean }) {
  const t = useTexts(inboxTexts);
  const end = useRef<HTMLDivElement>(null);
  const [busy, setBusy] = useState(false);
  const go = useCallback(async () => {
    setBusy(true);
    await load();
    setBusy(false);
  }, [load]);
  useEffect(() => (busy || failed ? undefined : whenSeen(end.current, () => void go())), [busy, failed, go]);
  return (
    <div className={styles.more} ref={end}>
      {busy ? <Loading text={t("looking")} /> : failed && t("failed")}
      {!busy && <Button onClick={() => void go()}>{t("more")}</Button>}
    </div>
  );
}

function whenSeen(end: HTMLElement | null, act: () => void): (() => void) | undefined {
  if (end === null) return undefined;
  const observer = new IntersectionObserver(
    ([entry]) => {
      if (!entry?.isIntersecting) return;
      observer.disconnect();
      act();
    },
    { root: end.parentElement, rootMargin: "600px" },
  );
  observer.observe(end);
  return () => observer.disconnect();
}
