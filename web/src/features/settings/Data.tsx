import { FileDown } from "lucide-react";
import { useCallback } from "react";
import { isUnderWay, useMessaging, useResource } from "@/hooks";
import { fullTime, useLanguage, useTexts } from "@/i18n";
import type { Archive } from "@/sdk/contract";
import { Banner, Button, Card, Loading, uiTexts } from "@/ui";
import { ReadyArchive } from "./ReadyArchive";
import styles from "./Settings.module.css";
import { settingsTexts } from "./texts";
import { useArchive } from "./useArchive";

// Among so many there is the one that one asked for last, and one that is ready, if there is any.
const LOOKED_AT = 10;

/** Everything that is known about oneself, to take away. */
export function Data() {
  const t = useTexts(settingsTexts);
  return (
    <>
      <p className={styles.lead}>{t("dataText")}</p>
      <Card>
        <Known />
      </Card>
      <p className={styles.lead}>{t("dataKeep")}</p>
    </>
  );
}

/** First what one asked for before, here or on another device: nobody should ask twice because they left this screen. */
function Known() {
  const t = useTexts(settingsTexts);
  const ui = useTexts(uiTexts);
  const { rest } = useMessaging();
  const { data, error, reload } = useResource(
    useCallback((signal) => rest.call("GET /api/messaging/archives", { query: { limit: LOOKED_AT }, signal }), [rest]),
  );
  if (data !== null) return <Making archives={data.items} />;
  if (error === null) return <Loading text={t("loading")} />;
  return (
    <Banner tone="warn" round role="alert" action={<Button onClick={reload}>{ui("retry")}</Button>}>
      {t("failed")}
    </Banner>
  );
}

function Making({ archives }: { archives: readonly Archive[] }) {
  const t = useTexts(settingsTexts);
  const { current, error, busy, start, follow, earlier } = useArchive(archives);
  return (
    <>
      <Button
        kind={current?.state === "ready" ? "secondary" : "primary"}
        large
        busy={busy || isUnderWay(current)}
        icon={<FileDown size={18} aria-hidden="true" />}
        onClick={() => void start()}
      >
        {t("dataStart")}
      </Button>
      <div className={styles.outcome}>
        {error !== null && (
          <Banner tone="danger" round role="alert">
            {t(error.code === "RATE_LIMIT_EXCEEDED" ? "dataLimited" : "dataFailed")}
          </Banner>
        )}
        {current !== null && <Outcome current={current} follow={follow} />}
        {earlier !== null && <ReadyArchive current={earlier} isOver={() => follow(earlier.archiveId)} />}
      </div>
    </>
  );
}

function Outcome({ current, follow }: { current: Archive; follow: (id: number) => Promise<void> }) {
  const t = useTexts(settingsTexts);
  const language = useLanguage();
  if (current.state === "ready") return <ReadyArchive current={current} isOver={() => follow(current.archiveId)} />;
  if (current.state === "failed" || current.state === "expired")
    return (
      <Banner tone={current.state === "failed" ? "danger" : "warn"} round role="alert">
        {t(current.state === "failed" ? "dataFailedOf" : "dataExpired", { when: fullTime(current.createdAt, language) })}
      </Banner>
    );
  const text = t("dataRunning", { percent: current.progress });
  return (
    <div role="status">
      <progress className={styles.progress} max={100} value={current.progress} aria-label={text} />
      <p className={styles.lead}>{text}</p>
    </div>
  );
}
