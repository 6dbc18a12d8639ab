import { useTexts } from "@/i18n";
import { useActions, useFacts } from "../actions";
import { texts } from "../texts";
import type { Quote } from "../types";
import { plainText } from "@/text/marks";
import styles from "./Quote.module.css";

/** What a message answers: a press leads there. */
export function QuoteView({ quote, tabIndex }: { quote: Quote; tabIndex: number }) {
  const t = useTexts(texts);
  const { goTo } = useActions();
  const { nameOf } = useFacts();
  const name = nameOf(quote.senderId, quote.senderName);
  return (
    <button type="button" className={styles.quote} tabIndex={tabIndex} title={t("goToQuote")} onClick={() => goTo(quote.seq)}>
      <span className={styles.who}>{t("quoteOf", { name })}</span>
      <span className={styles.said} dir="auto">
        {useQuoteText()(quote)}
      </span>
    </button>
  );
}

/** The quoted words, or what stands for them. */
export function useQuoteText(): (quote: Quote) => string {
  const t = useTexts(texts);
  return (quote) => {
    if (quote.deleted) return t("quoteGone");
    if (quote.excerpt !== "") return plainText(quote.excerpt);
    if (quote.type === "image") return t("ofImage");
    return quote.type === "voice" ? t("ofVoice") : t("ofFile");
  };
}
