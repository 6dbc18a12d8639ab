import { Download, FileText } from "lucide-react";
import { reasonText } from "@/i18n/errors";
import { useLanguage, useTexts } from "@/i18n";
import type { Attachment } from "@/sdk/types";
import { toast } from "@/ui";
import { useActions } from "../actions";
import { texts } from "../texts";
import { VoicePlayer } from "../voice/VoicePlayer";
import styles from "./Attachments.module.css";
import { isImage, isSound } from "./rules";
import { sizeText } from "./sizes";
import { useDownload, useFileUrl } from "./useFileUrl";

/** The files of a message: pictures small, sound to be played, the rest to be downloaded. */
export function Attachments({ attachments, tabIndex }: { attachments: readonly Attachment[]; tabIndex: number }) {
  const images = attachments.filter((file) => isImage(file.mediaType) && file.hasThumbnail);
  return (
    <div className={styles.files}>
      {images.length > 0 && (
        <div className={styles.images} data-count={Math.min(images.length, 3)}>
          {images.map((image, index) => (
            <Picture key={image.id} image={image} images={images} index={index} tabIndex={tabIndex} isAlone={images.length === 1} />
          ))}
        </div>
      )}
      {attachments
        .filter((file) => !images.includes(file))
        .map((file) =>
          isSound(file.mediaType) ? (
            <VoicePlayer key={file.id} attachmentId={file.id} name={file.name} tabIndex={tabIndex} />
          ) : (
            <FileCard key={file.id} file={file} tabIndex={tabIndex} />
          ),
        )}
    </div>
  );
}

interface PictureProps {
  image: Attachment;
  images: readonly Attachment[];
  index: number;
  tabIndex: number;
  isAlone: boolean;
}

const WIDEST = 280;
const HIGHEST = 320;

/** Its place is kept before it is there, so that nothing moves when it comes. */
function Picture({ image, images, index, tabIndex, isAlone }: PictureProps) {
  const t = useTexts(texts);
  const { openImages } = useActions();
  const { url, failed, again } = useFileUrl(image.id, true);
  const name = image.name ?? t("unnamed");
  const { width, height } = isAlone ? shownSize(image.width ?? WIDEST, image.height ?? WIDEST) : { width: 140, height: 140 };
  return (
    <button
      type="button"
      className={styles.picture}
      tabIndex={tabIndex}
      style={{ width, aspectRatio: `${width} / ${height}` }}
      aria-label={t("openImage", { name })}
      onClick={() => (failed ? again() : openImages(images, index))}
    >
      {failed && <span className={styles.failed}>{t("imageFailed")}</span>}
      {url !== null && <img src={url} alt="" width={width} height={height} decoding="async" draggable={false} onError={again} />}
    </button>
  );
}

export function shownSize(width: number, height: number): { width: number; height: number } {
  const scale = Math.min(1, WIDEST / width, HIGHEST / height);
  return { width: Math.max(64, Math.round(width * scale)), height: Math.max(48, Math.round(height * scale)) };
}

function FileCard({ file, tabIndex }: { file: Attachment; tabIndex: number }) {
  const t = useTexts(texts);
  const spoken = useLanguage();
  const download = useDownload();
  const name = file.name ?? t("unnamed");
  return (
    <button
      type="button"
      className={styles.card}
      tabIndex={tabIndex}
      aria-label={`${t("download", { name })}, ${sizeText(file.size, spoken)}`}
      onClick={() => download(file.id, name).catch((error: unknown) => toast(reasonText(error, spoken)))}
    >
      <FileText size={28} aria-hidden="true" />
      <span className={styles.about}>
        <span className={styles.name}>{name}</span>
        <span className={styles.size}>{sizeText(file.size, spoken)}</span>
      </span>
      <Download size={18} aria-hidden="true" />
    </button>
  );
}
