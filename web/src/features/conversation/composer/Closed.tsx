import { Lock } from "lucide-react";
import { useTexts } from "@/i18n";
import type { Conversation } from "@/sdk/types";
import { texts } from "../texts";
import styles from "./Composer.module.css";

/** Why one cannot write here now. What was being written is still there to be read and copied. */
export function Closed({ reason, draft }: { reason: NonNullable<Conversation["canReplyReason"]> | null; draft: string }) {
  const t = useTexts(texts);
  return (
    <footer className={styles.composer}>
      <p className={styles.closed} role="status">
        <Lock size={18} aria-hidden="true" />
        {t(reason ?? "conversation_closed")}
      </p>
      {draft.trim() !== "" && (
        <div className={styles.kept}>
          <p>{t("draftKept")}</p>
          <textarea readOnly rows={Math.min(6, draft.split("\n").length + 1)} value={draft} aria-label={t("draftKept")} className={styles.keptText} />
        </div>
      )}
    </footer>
  );
}
