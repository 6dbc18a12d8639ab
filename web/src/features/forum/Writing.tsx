import { Eye, PenLine } from "lucide-react";
import { type ChangeEvent, useCallback, useState } from "react";
import { useLimits, useMessaging, useResource } from "@/hooks";
import { useTexts } from "@/i18n";
import { Banner, Button, Loading, TextArea } from "@/ui";
import styles from "./Forum.module.css";
import { Markup } from "./Markup";
import { forumTexts } from "./texts";

export interface WritingProps {
  label: string;
  trouble?: string | null | undefined;
  defaultValue?: string;
  onWrite?: () => void;
}

/** The text of a question or an answer (its field is called `body`), and how it will look. */
export function Writing({ label, trouble, defaultValue = "", onWrite }: WritingProps) {
  const t = useTexts(forumTexts);
  const { maxContentLength } = useLimits();
  const [text, setText] = useState(defaultValue);
  const [isShown, setIsShown] = useState(false);

  function write(event: ChangeEvent<HTMLTextAreaElement>) {
    setText(event.target.value);
    onWrite?.();
  }

  return (
    <div className={styles.writing}>
      {/* It stays in the form while the preview is shown: what is sent is what it holds. */}
      <div hidden={isShown}>
        <TextArea
          label={label}
          name="body"
          hint={t("answerHint")}
          required
          rows={6}
          maxLength={maxContentLength || undefined}
          value={text}
          onChange={write}
          trouble={trouble}
        />
      </div>
      {isShown && <Preview body={text} label={label} />}
      <div>
        <Button
          kind="quiet"
          disabled={text.trim() === ""}
          icon={isShown ? <PenLine size={18} aria-hidden="true" /> : <Eye size={18} aria-hidden="true" />}
          onClick={() => setIsShown(!isShown)}
        >
          {t(isShown ? "write" : "preview")}
        </Button>
      </div>
    </div>
  );
}

function Preview({ body, label }: { body: string; label: string }) {
  const t = useTexts(forumTexts);
  const { rest } = useMessaging();
  const { data, error } = useResource(
    useCallback((signal) => rest.call("POST /api/questions/preview", { body: { body }, signal }), [rest, body]),
  );
  return (
    <section className={styles.preview} aria-label={t("previewOf", { label })}>
      {error !== null && (
        <Banner tone="warn" round role="alert">
          {t("failed")}
        </Banner>
      )}
      {error === null && data === null && <Loading text={t("loading")} />}
      {data !== null && <Markup html={data.bodyHtml} />}
    </section>
  );
}
