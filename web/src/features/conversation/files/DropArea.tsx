import { Upload } from "lucide-react";
import { type DragEvent, type ReactNode, useRef, useState } from "react";
import { useLimits } from "@/hooks";
import { useLanguage, useTexts } from "@/i18n";
import { texts } from "../texts";
import styles from "./DropArea.module.css";
import { filesOf } from "./rules";
import { sizeText } from "./sizes";

/** Files may be dropped anywhere on it. */
export function DropArea({ isOff, onFiles, children }: { isOff: boolean; onFiles: (files: File[]) => void; children: ReactNode }) {
  const t = useTexts(texts);
  const spoken = useLanguage();
  const { maxAttachmentBytes } = useLimits();
  const [isOver, setOver] = useState(false);
  // Entering a child comes before leaving its parent.
  const depth = useRef(0);

  const carriesFiles = (event: DragEvent) => !isOff && event.dataTransfer.types.includes("Files");
  function moved(event: DragEvent, by: 1 | -1) {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    depth.current = Math.max(0, depth.current + by);
    setOver(depth.current > 0);
  }

  return (
    <div
      className={styles.area}
      onDragEnter={(event) => moved(event, 1)}
      onDragLeave={(event) => moved(event, -1)}
      onDragOver={(event) => {
        if (carriesFiles(event)) event.preventDefault();
      }}
      onDrop={(event) => {
        depth.current = 0;
        setOver(false);
        if (!carriesFiles(event)) return;
        event.preventDefault();
        onFiles(filesOf(event.dataTransfer));
      }}
    >
      {children}
      {isOver && (
        <div className={styles.over}>
          <Upload size={40} aria-hidden="true" />
          <p className={styles.title}>{t("dropHere")}</p>
          <p>{t("dropHint", { size: sizeText(maxAttachmentBytes, spoken) })}</p>
        </div>
      )}
    </div>
  );
}
