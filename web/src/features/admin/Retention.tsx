import { LockKeyhole, TriangleAlert } from "lucide-react";
import { useCallback, useState } from "react";
import { Link } from "wouter";
import { useMessaging, usePages, useResource } from "@/hooks";
import { fullTime, type Language, shortDate, useLanguage, useTexts } from "@/i18n";
import type { Retained, Retention as Seen, RetentionOfKind } from "@/sdk/contract";
import { Banner, Button, Card, EmptyState, Figures, Filters, Listing, Loading, Row, Rows, uiTexts } from "@/ui";
import styles from "./Admin.module.css";
import { daysOf, isForsaken, nextRun, spanOf, STATES, type State, sum, whole } from "./retention";
import { retentionTexts } from "./texts.retention";

const HOUR = 3_600;

/** How long what is kept, what the next run destroys, and what was destroyed lately. Nothing is changed here. */
export function Retention() {
  const t = useTexts(retentionTexts);
  const ui = useTexts(uiTexts);
  const { rest } = useMessaging();
  const { data, error, reload } = useResource(
    useCallback((signal) => whole((after) => rest.call("GET /api/admin/retention", { query: { after }, signal })), [rest]),
  );
  return (
    <>
      <p className={styles.lead}>{t("lead")}</p>
      {error !== null && (
        <Banner tone="warn" round role="alert" action={<Button onClick={reload}>{ui("retry")}</Button>}>
          {t("failed")}
        </Banner>
      )}
      {error === null && data === null && <Loading text={ui("loading")} />}
      {data !== null && <Shown seen={data} />}
    </>
  );
}

function Shown({ seen }: { seen: Seen }) {
  const t = useTexts(retentionTexts);
  const language = useLanguage();
  const [state, setState] = useState<State>("due");
  const number = (value: number) => new Intl.NumberFormat(language).format(value);
  const name = (key: State) => t(key, { count: seen.aroundDays });
  return (
    <>
      <Figures figures={STATES.map((key) => ({ key, name: name(key), value: number(countOf(seen, key)) }))} />
      <Card title={t("run")}>
        <Runs seen={seen} />
      </Card>
      <Card title={t("kinds")} flush>
        <Rows>
          {seen.kinds.map((kind) => (
            <Kind key={kind.kind} seen={seen} kind={kind} />
          ))}
          <Row title={<span className={styles.lead}>{seen.archiveDays === 0 ? t("notArchived") : t("archived", { count: seen.archiveDays })}</span>} />
        </Rows>
      </Card>
      <Filters label={t("which")} tabs={STATES.map((key) => ({ key, text: name(key) }))} chosen={state} onChoose={setState} />
      <p className={styles.lead}>
        {t(`text_${state}`)} {state !== "shredded" && <Link href="/admin/holds">{t("holds")}</Link>}
      </p>
      {state === "shredded" && <Days seen={seen} />}
      <List key={state} state={state} />
    </>
  );
}

function countOf({ kinds, shredded }: Seen, state: State): number {
  if (state !== "shredded") return sum(kinds.map((kind) => kind[state])).conversations;
  return shredded.reduce((all, { conversations }) => all + conversations, 0);
}

function Runs({ seen }: { seen: Seen }) {
  const t = useTexts(retentionTexts);
  const language = useLanguage();
  const { job, everySeconds, runsHere } = seen;
  const when = (at: string) => fullTime(at, language);
  const next = nextRun(seen);
  const last = job === null || job.finishedAt === null ? t("never") : t("last", { when: when(job.finishedAt) });
  if (isForsaken(seen))
    return (
      <Banner tone="warn" round icon={<TriangleAlert size={20} aria-hidden="true" />}>
        {t("forsaken")} {last}
      </Banner>
    );
  return (
    <>
      {job?.running && job.startedAt !== null ? (
        <p>{t("running", { when: when(job.startedAt) })}</p>
      ) : (
        <p>{next === null ? t("nextSoon") : t("next", { when: when(next) })}</p>
      )}
      <p className={styles.lead}>
        {last} {t("every", { count: Math.round(everySeconds / HOUR) })} {!runsHere && t("notHere")}
      </p>
    </>
  );
}

function Kind({ seen: { aroundDays }, kind }: { seen: Seen; kind: RetentionOfKind }) {
  const t = useTexts(retentionTexts);
  const language = useLanguage();
  const number = (value: number) => new Intl.NumberFormat(language).format(value);
  const amounts = (["due", "held", "soon"] as const).filter((state) => kind[state].conversations > 0);
  return (
    <Row
      title={nameOf(kind.kind, t)}
      detail={kind.days === 0 ? t("forever") : t("keptFor", { span: spanText(kind.days, language) })}
      side={
        amounts.length > 0 && (
          <ul className={styles.amounts}>
            {amounts.map((state) => {
              const { conversations, messages } = kind[state];
              return (
                <li key={state}>
                  {t("amount", {
                    state: t(state, { count: aroundDays }),
                    conversations: number(conversations),
                    messages: number(messages),
                    count: messages,
                  })}
                </li>
              );
            })}
          </ul>
        )
      }
    />
  );
}

type Say = (key: keyof typeof retentionTexts.fr, params?: Record<string, string | number>) => string;

/** A kind that is not known here is said as it came. */
function nameOf(kind: string, t: Say): string {
  const key = `kind_${kind}`;
  return key in retentionTexts.fr ? t(key as keyof typeof retentionTexts.fr) : kind;
}

function spanText(days: number, language: Language): string {
  const { count, unit } = spanOf(days);
  return new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "long" }).format(count);
}

function Days({ seen }: { seen: Seen }) {
  const t = useTexts(retentionTexts);
  const language = useLanguage();
  const days = daysOf(seen.shredded);
  if (days.length === 0) return null;
  return (
    <Card title={t("days")} flush>
      <Rows>
        {days.map(({ day, conversations }) => (
          <Row key={day} tight title={shortDate(`${day}T12:00`, language)} side={t("onDay", { count: conversations })} />
        ))}
      </Rows>
    </Card>
  );
}

function List({ state }: { state: State }) {
  const t = useTexts(retentionTexts);
  const { rest } = useMessaging();
  const pages = usePages<Retained>(
    useCallback(
      async (before, signal) => {
        const load = (after: string | undefined) => rest.call("GET /api/admin/retention/conversations", { query: { state, after }, signal });
        let page = await load(before);
        // The server looked as far as it had time for, and found none there.
        while (page.items.length === 0 && page.next !== null) page = await load(page.next);
        return page;
      },
      [rest, state],
    ),
  );
  return (
    <Listing pages={pages} empty={<EmptyState icon={<LockKeyhole size={28} />} title={t(`none_${state}`)} />}>
      {(retained) => <RetainedRow key={retained.conversationId} retained={retained} state={state} />}
    </Listing>
  );
}

function RetainedRow({ retained, state }: { retained: Retained; state: State }) {
  const t = useTexts(retentionTexts);
  const language = useLanguage();
  const { conversationId: id, kind, messages, silentSince, endsAt, shreddedAt } = retained;
  const day = (at: string | null) => (at === null ? "" : shortDate(at, language));
  const end = state === "shredded" ? t("destroyed", { when: day(shreddedAt) }) : t(state === "soon" ? "ends" : "over", { when: day(endsAt) });
  const content = state !== "shredded" && t("ofMessages", { count: messages });
  return (
    <Row
      title={<Link href={`/admin/trail/${id}`}>{t("conversation", { id })}</Link>}
      detail={[nameOf(kind, t), content, t("silentSince", { when: day(silentSince) })].filter(Boolean).join(" · ")}
      side={end}
    />
  );
}
