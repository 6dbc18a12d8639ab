import { ChevronLeft, ChevronRight, Download, X } from "lucide-react";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { useLanguage, useTexts } from "@/i18n";
import { reasonText } from "@/i18n/errors";
import type { Attachment } from "@/sdk/types";
import { focusedNear, IconButton, Loading, toast, useBackCloses } from "@/ui";
import { texts } from "../texts";
import styles from "./Lightbox.module.css";
import { useDownload, useFileUrl } from "./useFileUrl";

interface Props {
  images: readonly Attachment[];
  at: number;
  onClose: () => void;
}

/** Pictures over the whole window: arrows go on, Esc closes, the focus goes back to where it was. */
export function Lightbox({ images, at, onClose }: Props) {
  const t = useTexts(texts);
  const spoken = useLanguage();
  const [shown, setShown] = useState(at);
  const dialog = useRef<HTMLDialogElement>(null);
  const download = useDownload();
  useBackCloses(onClose);
  const image = images[Math.min(shown, images.length - 1)];

  useEffect(() => {
    const element = dialog.current;
    const before = focusedNear(element);
    element?.showModal();
    return () => {
      element?.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
    };
  }, []);

  if (image === undefined) return null;
  const name = image.name ?? t("unnamed");
  const step = (by: number) => setShown((shown + by + images.length) % images.length);

  function pressed(event: KeyboardEvent) {
    if (event.key === "ArrowRight") step(1);
    else if (event.key === "ArrowLeft") step(-1);
    else return;
    event.preventDefault();
  }

  return (
    <dialog
      ref={dialog}
      className={styles.box}
      aria-label={name}
      onKeyDown={pressed}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <header className={styles.head}>
        <p className={styles.name} aria-live="polite">
          {name}
          {images.length > 1 && <span className={styles.count}>{t("image", { number: shown + 1, count: images.length })}</span>}
        </p>
        <IconButton
          label={t("download", { name })}
          onClick={() => download(image.id, name).catch((error: unknown) => toast(reasonText(error, spoken)))}
        >
          <Download size={20} aria-hidden="true" />
        </IconButton>
        <IconButton label={t("closeImage")} onClick={onClose}>
          <X size={22} aria-hidden="true" />
        </IconButton>
      </header>
      <Whole key={image.id} image={image} name={name} onClose={onClose} />
      {images.length > 1 && (
        <>
          <IconButton label={t("previous")} className={styles.previous} onClick={() => step(-1)}>
            <ChevronLeft size={28} aria-hidden="true" />
          </IconButton>
          <IconButton label={t("next")} className={styles.next} onClick={() => step(1)}>
            <ChevronRight size={28} aria-hidden="true" />
          </IconButton>
        </>
      )}
    </dialog>
  );
}

/** A press beside the picture closes too. */
function Whole({ image, name, onClose }: { image: Attachment; name: string; onClose: () => void }) {
  const t = useTexts(texts);
  const { url, failed, again } = useFileUrl(image.id, false);
  return (
    <div
      className={styles.stage}
      onPointerDown={(event) => {
        if (event.target === event.currentTarget) onClose();
      }}
    >
      {failed && <p>{t("imageFailed")}</p>}
      {url === null && !failed && <Loading text={t("loading")} />}
      {url !== null && <img src={url} alt={name} className={styles.image} onError={again} />}
    </div>
  );
}
