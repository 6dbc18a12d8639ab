import { MessageCircleQuestionMark, Pencil, Reply, TriangleAlert, X } from "lucide-react";
import type { ReactNode } from "react";
import { useTexts } from "@/i18n";
import { IconButton } from "@/ui";
import { useFacts } from "../actions";
import { useQuoteText } from "../message/QuoteView";
import { texts } from "../texts";
import type { Message, Quote } from "../types";
import { textOf } from "../message/rights";
import styles from "./Composer.module.css";

/** What the next message is: an edit, an answer, urgent, one that asks for a reply. Each can be taken back. */
export function Mode({ editing, quote, isUrgent, requiresResponse, stop }: {
  editing: Message | null;
  quote: Quote | null;
  isUrgent: boolean;
  requiresResponse: boolean;
  stop: (what: "editing" | "quote" | "urgent" | "requires") => void;
}) {
  const t = useTexts(texts);
  const { nameOf } = useFacts();
  const quoted = useQuoteText();
  return (
    <>
      {editing !== null && (
        <Line icon={<Pencil size={16} aria-hidden="true" />} title={t("editing")} text={textOf(editing)} stopText={t("stopEditing")} stop={() => stop("editing")} />
      )}
      {quote !== null && editing === null && (
        <Line
          icon={<Reply size={16} aria-hidden="true" />}
          title={t("replyingTo", { name: nameOf(quote.senderId, quote.senderName) })}
          text={quoted(quote)}
          stopText={t("stopReplying")}
          stop={() => stop("quote")}
        />
      )}
      {(isUrgent || requiresResponse) && editing === null && (
        <div className={styles.flags}>
          {isUrgent && (
            <button type="button" className={styles.urgent} aria-pressed="true" aria-label={t("urgentToggle")} onClick={() => stop("urgent")}>
              <TriangleAlert size={16} aria-hidden="true" /> {t("urgentOn")} <X size={16} aria-hidden="true" />
            </button>
          )}
          {requiresResponse && (
            <button type="button" className={styles.requires} aria-pressed="true" aria-label={t("requiresToggle")} onClick={() => stop("requires")}>
              <MessageCircleQuestionMark size={16} aria-hidden="true" /> {t("requiresOn")} <X size={16} aria-hidden="true" />
            </button>
          )}
        </div>
      )}
    </>
  );
}

function Line({ icon, title, text, stopText, stop }: { icon: ReactNode; title: string; text: string; stopText: string; stop: () => void }) {
  return (
    <div className={styles.mode}>
      {icon}
      <p className={styles.what}>
        <span className={styles.title}>{title}</span>
        <span className={styles.said}>{text}</span>
      </p>
      <IconButton label={stopText} onClick={stop}>
        <X size={18} aria-hidden="true" />
      </IconButton>
    </div>
  );
}
