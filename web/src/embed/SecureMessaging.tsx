import { X } from "lucide-react";
import { useCallback, useEffect, useId, useRef } from "react";
import { useMessaging, useResource } from "@/hooks";
import { useTexts } from "@/i18n";
import { Button, EmptyState, Extra, focusedNear, followViewport, IconButton, lazyPart, Loading } from "@/ui";
import type { ContextName } from "./context";
import styles from "./Embed.module.css";
import { embedTexts } from "./texts";

const ConversationPane = lazyPart(() => import("@/features/conversation").then((module) => module.default));

export interface SecureMessagingProps extends ContextName {
  contextTitle: string;
  /** Esc, the cross, or a press beside it; the owner stops rendering it then. */
  onClose: () => void;
}

/** The conversation about a prescription or an exam, in a modal window; the first message opens it. */
export function SecureMessaging({ contextType, contextId, contextTitle, onClose }: SecureMessagingProps) {
  const t = useTexts(embedTexts);
  const element = useModal();
  const title = useId();
  return (
    <dialog
      ref={element}
      className={styles.dialog}
      aria-labelledby={title}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onPointerDown={(event) => {
        if (event.target === element.current) onClose();
      }}
    >
      <header className={styles.head}>
        <h2 id={title} className={styles.title}>
          {contextTitle}
        </h2>
        <IconButton label={t("close")} onClick={onClose}>
          <X size={20} aria-hidden="true" />
        </IconButton>
      </header>
      <div className={styles.pane}>
        <Extra close={onClose} fallback={<Loading text={t("loading")} />}>
          <About {...{ contextType, contextId }} />
        </Extra>
      </div>
    </dialog>
  );
}

function About({ contextType, contextId }: ContextName) {
  const t = useTexts(embedTexts);
  const messaging = useMessaging();
  const { data, error, reload } = useResource(
    useCallback(() => messaging.openAbout(contextType, contextId), [messaging, contextType, contextId]),
  );
  if (data !== null) return <ConversationPane conversationId={data.id} />;
  if (error === null) return <Loading text={t("loading")} />;
  return error.isTemporary ? (
    <EmptyState title={t("failed")} action={<Button onClick={reload}>{t("retry")}</Button>} />
  ) : (
    <EmptyState title={t("denied")} />
  );
}

/** The browser's own modal: focus stays inside, and goes back to where it was. */
function useModal() {
  const element = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = element.current;
    if (dialog === null) return;
    const before = focusedNear(dialog);
    if (!dialog.open) dialog.showModal();
    const unfollow = followViewport(dialog);
    return () => {
      unfollow();
      dialog.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return element;
}
