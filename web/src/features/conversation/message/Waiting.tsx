import { FileText, Image, Mic, Pencil, RotateCcw, Trash2, X } from "lucide-react";
import { clockTime, useLanguage, useTexts } from "@/i18n";
import { errorText } from "@/i18n/errors";
import { canTakeBack } from "@/sdk/outbox-item";
import type { OutboxFile, OutboxItem } from "@/sdk/types";
import { Button, classes, IconButton } from "@/ui";
import { useActions, useFacts } from "../actions";
import { isImage, isSound } from "../files/rules";
import { texts } from "../texts";
import { Formatted } from "@/text/Formatted";
import type { Bubble } from "../types";
import styles from "./Bubble.module.css";
import { Flags } from "./Flags";
import { QuoteView } from "./QuoteView";
import { Ticks } from "./Ticks";
import waiting from "./Waiting.module.css";

/** What the server has not confirmed: on its way, waiting, or refused with what can be done about it. */
export function Waiting({ item, bubble }: { item: OutboxItem; bubble: Bubble }) {
  const { openLink, discard } = useActions();
  const t = useTexts(texts);
  const isLate = item.status === "notSent" || item.status === "refused";
  return (
    <>
      <div className={classes(styles.bubble, item.isUrgent && styles.urgent)} dir="auto">
        <Flags isUrgent={item.isUrgent} requiresResponse={item.requiresResponse} />
        {bubble.quote !== null && <QuoteView quote={bubble.quote} tabIndex={-1} />}
        {/* What has gone already belongs to it all the same. */}
        {item.attachments.map(({ id, name, mediaType }) => (
          <Upload key={`gone ${id}`} file={{ name: name ?? "", mediaType, progress: 1 }} cancel={isLate ? null : () => discard(item.clientMessageId)} />
        ))}
        {item.files.map((file) => (
          <Upload key={file.id} file={file} cancel={isLate ? null : () => discard(item.clientMessageId)} />
        ))}
        {item.content !== "" && (
          <div className={styles.text}>
            <Formatted text={item.content} onOddLink={openLink} tabIndex={-1} />
          </div>
        )}
        <p className={styles.meta}>
          <time dateTime={item.queuedAt}>{clockTime(item.queuedAt)}</time>
          <Ticks status={item.status} />
        </p>
      </div>
      {item.isLostWithPage && item.status !== "sending" && <p className={waiting.trouble}>{t("lostWithPage")}</p>}
      {isLate && <Trouble item={item} label={t("retry")} />}
    </>
  );
}

function Trouble({ item, label }: { item: OutboxItem; label: string }) {
  const t = useTexts(texts);
  const spoken = useLanguage();
  const { retry, discard, takeBack } = useActions();
  const { canReply } = useFacts();
  const reason = item.code === null ? null : errorText(item.code, spoken);
  return (
    <div className={waiting.trouble} role="alert">
      <span>{item.status === "refused" && reason !== null ? t("whyRefused", { reason }) : t("stillTried")}</span>
      <Button kind="quiet" icon={<RotateCcw size={16} aria-hidden="true" />} onClick={() => retry(item.clientMessageId)}>
        {label}
      </Button>
      {canReply && canTakeBack(item) && (
        <Button kind="quiet" icon={<Pencil size={16} aria-hidden="true" />} onClick={() => takeBack(item)}>
          {t("edit")}
        </Button>
      )}
      <Button kind="quiet" icon={<Trash2 size={16} aria-hidden="true" />} onClick={() => discard(item.clientMessageId)}>
        {t("discard")}
      </Button>
    </div>
  );
}

function Upload({ file, cancel }: { file: Pick<OutboxFile, "name" | "mediaType" | "progress">; cancel: (() => void) | null }) {
  const t = useTexts(texts);
  const percent = Math.round(file.progress * 100);
  const Icon = isImage(file.mediaType) ? Image : isSound(file.mediaType) ? Mic : FileText;
  return (
    <div className={waiting.upload}>
      <Icon size={24} aria-hidden="true" />
      <span className={waiting.file}>
        <span className={waiting.name}>{isSound(file.mediaType) ? t("ofVoice") : file.name}</span>
        <progress className={waiting.progress} max={100} value={percent} aria-label={t("uploading", { name: file.name, percent })} />
      </span>
      {cancel !== null && (
        <IconButton label={t("cancelSend")} onClick={cancel}>
          <X size={18} aria-hidden="true" />
        </IconButton>
      )}
    </div>
  );
}
