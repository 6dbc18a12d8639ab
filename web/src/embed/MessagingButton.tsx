import { MessageSquareText } from "lucide-react";
import { useState } from "react";
import { useLanguage, useTexts } from "@/i18n";
import { CountBadge } from "@/ui";
import { useContext, type ContextName } from "./context";
import { SecureMessaging } from "./SecureMessaging";
import styles from "./Embed.module.css";
import { embedTexts } from "./texts";

export interface MessagingButtonProps extends ContextName {
  /** What the host calls it: "Amlodipine 5 mg". Shown above the conversation. */
  contextTitle: string;
  /** In place of the words that the server has for this kind of context. */
  label?: string;
}

/** "Write to the doctor", with what is unread; absent for whom there is nothing to read or write. */
export function MessagingButton({ contextType, contextId, contextTitle, label }: MessagingButtonProps) {
  const t = useTexts(embedTexts);
  const spoken = useLanguage();
  const [isOpen, setIsOpen] = useState(false);
  const { kind, permissions, conversation } = useContext({ contextType, contextId });
  const isAllowed = permissions?.actions["read"]?.allowed === true;
  if (!isAllowed) return null;
  const unread = conversation?.unreadCount ?? 0;
  return (
    <>
      <button type="button" className={styles.button} aria-haspopup="dialog" onClick={() => setIsOpen(true)}>
        <MessageSquareText size={18} aria-hidden="true" />
        {label ?? kind?.button[spoken] ?? t("open")}
        {unread > 0 && <CountBadge count={unread} text={t("unread", { count: unread })} />}
      </button>
      {isOpen && <SecureMessaging {...{ contextType, contextId, contextTitle }} onClose={() => setIsOpen(false)} />}
    </>
  );
}
