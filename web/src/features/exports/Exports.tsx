import { Download, FileDown } from "lucide-react";
import { useState } from "react";
import { isUnderWay, useMessaging } from "@/hooks";
import { fullTime, useLanguage, useTexts } from "@/i18n";
import type { Export } from "@/sdk/contract";
import { isMessagingError } from "@/sdk/errors";
import { Banner, Button, Card, Inline, Page, toast } from "@/ui";
import styles from "./Exports.module.css";
import { saveBlob, sizeText } from "@/text/files";
import { exportTexts } from "./texts";
import { useExport } from "./useExport";

const FORMATS = ["pdf", "zip", "html", "json"] as const;

export function Exports({ conversationId }: { conversationId: number }) {
  const t = useTexts(exportTexts);
  const [format, setFormat] = useState<Export["format"]>("pdf");
  const { current, error, busy, start } = useExport(conversationId);
  return (
    <Page title={t("title")} back={`/conversations/${conversationId}`}>
      <p>{t("text")}</p>
      <Card>
        <fieldset className={styles.formats}>
          <legend>{t("format")}</legend>
          {FORMATS.map((key) => (
            // It has: the rule does not look into the elements inside.
            // oxlint-disable-next-line jsx-a11y/label-has-associated-control
            <label key={key} className={styles.format}>
              <input type="radio" name="format" checked={key === format} onChange={() => setFormat(key)} />
              <span>
                <strong>{t(key)}</strong>
                <small>{t(`${key}Hint`)}</small>
              </span>
            </label>
          ))}
        </fieldset>
        <Button
          kind="primary"
          busy={busy || isUnderWay(current)}
          icon={<FileDown size={18} aria-hidden="true" />}
          onClick={() => void start(format)}
        >
          {t("start")}
        </Button>
        {error !== null && (
          <div className={styles.result}>
            <Banner tone="danger" round role="alert">
              {t(error.code === "RATE_LIMIT_EXCEEDED" ? "limited" : "failed")}
            </Banner>
          </div>
        )}
        {current !== null && <Outcome current={current} />}
      </Card>
      <p className={styles.quiet}>{t("keep")}</p>
    </Page>
  );
}

function Outcome({ current }: { current: Export }) {
  const t = useTexts(exportTexts);
  if (current.state === "ready") return <Ready current={current} />;
  if (current.state === "failed" || current.state === "expired")
    return (
      <div className={styles.result}>
        <Banner tone="danger" round role="alert">
          {t(current.state === "failed" ? "failedState" : "expired")}
        </Banner>
      </div>
    );
  const text = current.state === "queued" ? t("queued") : t("running", { percent: current.progress });
  return (
    <div className={styles.result} role="status">
      <progress className={styles.bar} max={100} value={current.progress} aria-label={text} />
      <p className={styles.quiet}>{text}</p>
    </div>
  );
}

function Ready({ current }: { current: Export }) {
  const t = useTexts(exportTexts);
  const language = useLanguage();
  const { rest } = useMessaging();
  const name = `colloque-${current.conversationId}-${current.createdAt.slice(0, 10)}.${current.format}`;

  async function download() {
    try {
      saveBlob(await rest.exports.file(String(current.exportId)), name);
    } catch (failure) {
      if (!isMessagingError(failure)) throw failure;
      toast(t(failure.code === "CONFLICT" ? "expired" : "notFetched"));
    }
  }

  function downloadProof() {
    saveBlob(new Blob([JSON.stringify(current.proof, null, 2)], { type: "application/json" }), `${name}.proof.json`);
  }

  const until = current.expiresAt === null ? "" : fullTime(current.expiresAt, language);
  return (
    <div className={styles.result}>
      <Banner tone="ok" round role="status">
        {t("ready")} {current.size !== null && t("size", { size: sizeText(current.size, language), until })}
      </Banner>
      <Inline>
        <Button kind="primary" icon={<Download size={18} aria-hidden="true" />} onClick={() => void download()}>
          {t("download")}
        </Button>
        {current.proof !== null && current.format !== "zip" && (
          <Button kind="quiet" onClick={downloadProof}>
            {t("proof")}
          </Button>
        )}
      </Inline>
    </div>
  );
}
