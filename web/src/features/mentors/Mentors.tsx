import { GraduationCap, Search } from "lucide-react";
import { useCallback, useDeferredValue, useState } from "react";
import { Link } from "wouter";
import { useMe, useMessaging, usePages, useResource } from "@/hooks";
import { useLanguage, useTexts } from "@/i18n";
import type { Count, Mentor } from "@/sdk/contract";
import { Banner, Button, EmptyState, Field, Loading, Page, Select, uiTexts } from "@/ui";
import { MentorCard } from "./MentorCard";
import { MentorPage } from "./MentorPage";
import styles from "./Mentors.module.css";
import { countryName, languageName } from "./names";
import { OwnProfile } from "./OwnProfile";
import { mentorTexts } from "./texts";

interface Wanted {
  q: string;
  country: string;
  specialty: string;
  language: string;
  availability: Mentor["availability"] | "";
}

const EVERYBODY: Wanted = { q: "", country: "", specialty: "", language: "", availability: "" };

export function Mentors({ part }: { part: string | undefined }) {
  if (part === "me") return <OwnProfile />;
  return part === undefined ? <Directory /> : <MentorPage key={part} id={Number(part) || 0} />;
}

function Directory() {
  const t = useTexts(mentorTexts);
  const isMentor = useMe()?.role === "mentor";
  const [wanted, setWanted] = useState(EVERYBODY);
  return (
    <Page title={t("title")} wide actions={isMentor && <Link href="/mentors/me">{t("mine")}</Link>}>
      <Narrowing wanted={wanted} setWanted={setWanted} />
      <Results wanted={useDeferredValue(wanted)} />
    </Page>
  );
}

function Narrowing({ wanted, setWanted }: { wanted: Wanted; setWanted: (next: Wanted) => void }) {
  const t = useTexts(mentorTexts);
  const spoken = useLanguage();
  const { rest } = useMessaging();
  const { data } = useResource(
    useCallback((signal) => rest.call("GET /api/mentors/counts", { query: queryOf(wanted), signal }), [rest, wanted]),
  );
  const choices: [keyof Wanted, string, readonly Count[], (value: string) => string][] = [
    ["specialty", t("specialty"), data?.specialties ?? [], (value) => value],
    ["country", t("country"), data?.countries ?? [], (value) => countryName(value, spoken)],
    ["language", t("language"), data?.languages ?? [], (value) => languageName(value, spoken)],
    ["availability", t("availability"), data?.availability ?? [], (value) => t(value as Mentor["availability"])],
  ];
  return (
    <>
      <Field
        label={t("search")}
        hideLabel
        type="search"
        placeholder={t("search")}
        value={wanted.q}
        onChange={(event) => setWanted({ ...wanted, q: event.target.value })}
        before={<Search size={18} aria-hidden="true" />}
      />
      <div className={styles.filters}>
        {choices.map(([key, label, counts, name]) => (
          <Select key={key} label={label} value={wanted[key]} onChange={(event) => setWanted({ ...wanted, [key]: event.target.value })}>
            <option value="">{t("any")}</option>
            {withChosen(counts, wanted[key]).map(({ value, count }) => (
              <option key={value} value={value}>
                {t("counted", { value: name(value), count })}
              </option>
            ))}
          </Select>
        ))}
      </div>
    </>
  );
}

/** What was chosen stays a choice, also where the other filters leave nothing of it. */
function withChosen(counts: readonly Count[], chosen: string): readonly Count[] {
  return chosen === "" || counts.some(({ value }) => value === chosen) ? counts : [{ value: chosen, count: 0 }, ...counts];
}

function queryOf({ q, country, specialty, language, availability }: Wanted) {
  return { q: q.trim(), country, specialty, language, availability: availability || undefined };
}

function Results({ wanted }: { wanted: Wanted }) {
  const t = useTexts(mentorTexts);
  const ui = useTexts(uiTexts);
  const { rest } = useMessaging();
  const { items, isLoading, error, hasMore, loadMore, reload } = usePages<Mentor>(
    useCallback(
      (before, signal) => rest.call("GET /api/mentors", { query: { ...queryOf(wanted), before }, signal }),
      [rest, wanted],
    ),
  );
  if (error?.code === "FORBIDDEN") return <EmptyState icon={<GraduationCap size={28} />} title={t("off")} />;
  return (
    <>
      {error !== null && (
        <Banner tone="warn" round role="alert" action={<Button onClick={reload}>{ui("retry")}</Button>}>
          {t("failed")}
        </Banner>
      )}
      {isLoading && items.length === 0 && <Loading text={t("loading")} />}
      {!isLoading && error === null && items.length === 0 && (
        <EmptyState icon={<GraduationCap size={28} />} title={t("none")} text={t("noneText")} />
      )}
      <ul className={styles.cards}>
        {items.map((mentor) => (
          <li key={mentor.id}>
            <MentorCard mentor={mentor} />
          </li>
        ))}
      </ul>
      {hasMore && (
        <div>
          <Button busy={isLoading} onClick={loadMore}>
            {ui("more")}
          </Button>
        </div>
      )}
    </>
  );
}
