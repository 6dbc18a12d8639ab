import { Download, FileDown } from "lucide-react";
import { useMessaging } from "@/hooks";
import { fullTime, useLanguage, useTexts } from "@/i18n";
import type { Archive } from "@/sdk/contract";
import { saveBlob, sizeText } from "@/text/files";
import { Banner, Button, Card, Inline } from "@/ui";
import styles from "./Settings.module.css";
import { settingsTexts } from "./texts";
import { useArchive } from "./useArchive";

/** Everything that is known about oneself, to take away. */
export function Data() {
  const t = useTexts(settingsTexts);
  const { current, error, busy, start } = useArchive();
  const isGoing = current?.state === "queued" || current?.state === "running";
  return (
    <>
      <p className={styles.lead}>{t("dataText")}</p>
      <Card>
        <Button
          kind={current?.state === "ready" ? "secondary" : "primary"}
          large
          busy={busy || isGoing}
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
          {current !== null && <Outcome current={current} />}
        </div>
      </Card>
      <p className={styles.lead}>{t("dataKeep")}</p>
    </>
  );
}

function Outcome({ current }: { current: Archive }) {
  const t = useTexts(settingsTexts);
  if (current.state === "ready") return <Ready current={current} />;
  if (current.state === "failed" || current.state === "expired")
    return (
      <Banner tone="danger" round role="alert">
        {t("dataFailed")}
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

function Ready({ current: { archiveId, size, expiresAt, createdAt } }: { current: Archive }) {
  const t = useTexts(settingsTexts);
  const language = useLanguage();
  const { rest } = useMessaging();

  async function download() {
    const file = await rest.call("GET /api/messaging/archives/{id}/file", { path: { id: archiveId } });
    saveBlob(file, `colloque-${createdAt.slice(0, 10)}.zip`);
  }

  const until = expiresAt === null ? "" : fullTime(expiresAt, language);
  return (
    <>
      <Banner tone="ok" round role="status">
        {t("dataReady")} {size !== null && t("dataSize", { size: sizeText(size, language), until })}
      </Banner>
      <Inline>
        <Button kind="primary" icon={<Download size={18} aria-hidden="true" />} onClick={() => void download()}>
          {t("dataDownload")}
        </Button>
      </Inline>
    </>
  );
}
