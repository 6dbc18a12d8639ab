import { FileText, FlaskConical } from "lucide-react";
import { useTexts } from "@/i18n";
import type { Conversation } from "@/sdk/types";
import { texts } from "../texts";
import styles from "./Header.module.css";

/** The prescription or exam that the conversation is about. */
export function Subject({ context }: { context: Conversation["context"] }) {
  const t = useTexts(texts);
  if (context === null) return null;
  const Icon = context.type === "examen" ? FlaskConical : FileText;
  return (
    <p className={styles.subject}>
      <Icon size={14} aria-hidden="true" />
      <span>
        {context.title}
        {context.version != null && context.version > 1 && ` · ${t("version", { version: context.version })}`}
        {context.state === "closed" && ` · ${t("contextClosed")}`}
      </span>
    </p>
  );
}
