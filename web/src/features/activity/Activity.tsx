import { useCallback, useState } from "react";
import { useMessaging, useResource } from "@/hooks";
import { fullTime, type Language, shortDate, useLanguage, useTexts } from "@/i18n";
import type { Role } from "@/sdk/types";
import type { UserStats } from "@/sdk/contract";
import { Banner, Button, Card, Figures, Filters, Loading, uiTexts } from "@/ui";
import styles from "./Activity.module.css";
import { activityTexts } from "./texts";

const PERIODS = ["7", "30", "90", "365"] as const;
type Period = (typeof PERIODS)[number];

/** What a person wrote and got, and how soon they answered. */
export function Activity({ userId, role }: { userId: number; role: Role }) {
  const t = useTexts(activityTexts);
  const ui = useTexts(uiTexts);
  const { rest } = useMessaging();
  const [period, setPeriod] = useState<Period>("30");
  const { data, error, isLoading, reload } = useResource(
    useCallback(
      (signal) => rest.call("GET /api/messaging/stats/{userType}/{userId}", { path: { userType: role, userId }, query: { days: period }, signal }),
      [rest, role, userId, period],
    ),
  );
  return (
    <>
      <Filters label={t("period")} tabs={PERIODS.map((key) => ({ key, text: t(`days${key}`) }))} chosen={period} onChoose={setPeriod} />
      {error !== null && (
        <Banner tone="warn" round role="alert" action={<Button onClick={reload}>{ui("retry")}</Button>}>
          {t("failed")}
        </Banner>
      )}
      {error === null && data === null && <Loading text={ui("loading")} />}
      {/* Figures of another period than the one that is chosen are none to look at. */}
      {error === null && data !== null && <Shown stats={data} isOld={isLoading} />}
    </>
  );
}

function Shown({ stats, isOld }: { stats: UserStats; isOld: boolean }) {
  const t = useTexts(activityTexts);
  const language = useLanguage();
  const { messages, responseTimes, conversations, from, to, countedUntil } = stats;
  const number = (value: number) => new Intl.NumberFormat(language).format(value);
  const isQuiet = messages.sent === 0 && messages.received === 0;
  const days = { from: shortDate(`${from}T12:00`, language), to: shortDate(`${to}T12:00`, language) };
  const { medianSeconds: median, p90Seconds: most } = responseTimes;
  return (
    <div className={styles.shown} aria-busy={isOld}>
      <Card title={t("messages")}>
        <p className={styles.lead}>{t(isQuiet ? "quiet" : "between", days)}</p>
        {!isQuiet && (
          <Figures
            figures={[
              { key: "sent", name: t("sent"), value: number(messages.sent) },
              { key: "received", name: t("received"), value: number(messages.received) },
            ]}
          />
        )}
        <p className={styles.note}>{countedUntil === null ? t("notCounted") : t("counted", { when: fullTime(countedUntil, language) })}</p>
      </Card>
      <Card title={t("replies")}>
        {median === null || most === null ? (
          <p className={styles.lead}>{t("noReplies")}</p>
        ) : (
          <>
            <Figures
              figures={[
                { key: "median", name: t("median"), value: timeText(median, language) },
                { key: "most", name: t("most"), value: timeText(most, language) },
                { key: "replies", name: t("repliesCount"), value: number(responseTimes.replies) },
              ]}
            />
            <p className={styles.note}>{t("repliesHint")}</p>
          </>
        )}
      </Card>
      <Card title={t("conversations")}>
        <Figures figures={(["active", "archived", "closed", "unread"] as const).map((key) => ({ key, name: t(key), value: number(conversations[key]) }))} />
      </Card>
    </div>
  );
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** "40 s", "12 min", "3 h", "2 j": the figures are good to a tenth, and say no more. */
function timeText(seconds: number, language: Language): string {
  const [size, unit] =
    seconds < MINUTE ? ([1, "second"] as const) : seconds < HOUR ? ([MINUTE, "minute"] as const) : seconds < 2 * DAY ? ([HOUR, "hour"] as const) : ([DAY, "day"] as const);
  return new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "short", maximumFractionDigits: 0 }).format(Math.max(1, seconds / size));
}
