import { FileText, Image as ImageIcon, Mic, X } from "lucide-react";
import { useEffect, useState } from "react";
import { useLanguage, useTexts } from "@/i18n";
import { IconButton } from "@/ui";
import { isImage, isSound } from "../files/rules";
import { sizeText } from "../files/sizes";
import { texts } from "../texts";
import styles from "./Composer.module.css";

/** The files that will go with the message. */
export function Tray({ files, remove }: { files: readonly File[]; remove: (file: File) => void }) {
  const t = useTexts(texts);
  const spoken = useLanguage();
  if (files.length === 0) return null;
  return (
    <ul className={styles.tray} aria-label={t("chosenFiles")}>
      {files.map((file, index) => (
        // oxlint-disable-next-line react/no-array-index-key -- the same file may be there twice
        <li key={`${index} ${file.name}`} className={styles.chosen}>
          <Preview file={file} />
          <span className={styles.about}>
            <span className={styles.name}>{file.name}</span>
            <span className={styles.size}>{sizeText(file.size, spoken)}</span>
          </span>
          <IconButton label={t("removeFile", { name: file.name })} onClick={() => remove(file)}>
            <X size={18} aria-hidden="true" />
          </IconButton>
        </li>
      ))}
    </ul>
  );
}

function Preview({ file }: { file: File }) {
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    if (!isImage(file.type)) return;
    const made = URL.createObjectURL(file);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [file]);
  if (url !== null) return <img src={url} alt="" className={styles.preview} />;
  const Icon = isImage(file.type) ? ImageIcon : isSound(file.type) ? Mic : FileText;
  return <Icon size={24} aria-hidden="true" />;
}
