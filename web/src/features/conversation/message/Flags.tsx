import { MessageCircleQuestionMark, TriangleAlert } from "lucide-react";
import { useTexts } from "@/i18n";
import { Tag } from "@/ui";
import { texts } from "../texts";
import styles from "./Flags.module.css";

/** Words with an icon; the colour only repeats them. */
export function Flags({ isUrgent, requiresResponse }: { isUrgent: boolean; requiresResponse: boolean }) {
  const t = useTexts(texts);
  if (!isUrgent && !requiresResponse) return null;
  return (
    <p className={styles.flags}>
      {isUrgent && (
        <Tag tone="danger" icon={<TriangleAlert size={14} aria-hidden="true" />}>
          {t("urgent")}
        </Tag>
      )}
      {requiresResponse && (
        <Tag tone="warn" icon={<MessageCircleQuestionMark size={14} aria-hidden="true" />}>
          {t("requiresResponse")}
        </Tag>
      )}
    </p>
  );
}
