import { useSelected } from "@/hooks";
import { type Translate, useTexts } from "@/i18n";
import { NOTHING_CHOSEN } from "@/sdk/chosen";
import type { Chosen, Conversation } from "@/sdk/types";
import { classes } from "@/ui";
import { plainText } from "@/text/marks";
import styles from "./Row.module.css";
import { inboxTexts } from "./texts";

/** What matters most now: something that did not go out, somebody typing, a draft, else the last message. */
export function LastLine({ conversation }: { conversation: Conversation }) {
  const t = useTexts(inboxTexts);
  const { id, participantInfo } = conversation;
  const me = useSelected((state) => state.me?.id);
  const isTyping = useSelected((state) => state.typing[id]?.includes(participantInfo.id) ?? false);
  const draft = useSelected((state) => state.drafts[id]?.text.trim() ?? "");
  const chosen = useSelected((state) => state.chosen[id] ?? NOTHING_CHOSEN);
  const stuck = useSelected((state) =>
    state.outbox.some((item) => item.conversationId === id && (item.status === "refused" || item.status === "notSent")),
  );
  if (stuck) return <span className={classes(styles.last, styles.trouble)}>{t("notSent")}</span>;
  if (isTyping) return <span className={classes(styles.last, styles.live)}>{t("typing", { name: participantInfo.firstName })}</span>;
  const unsent = draft === "" ? chosenText(chosen, t) : draft;
  if (unsent !== "") return <span className={classes(styles.last, styles.draft)}>{t("draft", { text: unsent })}</span>;
  return (
    <span className={styles.last} dir="auto" data-last>
      {lastText(conversation, me, t)}
    </span>
  );
}

/** "" when nothing is chosen. */
function chosenText({ files: [first, ...others], recording }: Chosen, t: Translate<keyof typeof inboxTexts.fr>): string {
  if (first === undefined) return recording === null ? "" : t("voice");
  return others.length === 0 ? first.name : `${first.name} + ${others.length}`;
}

/** What has no words of its own. */
const nameOf: Record<string, "image" | "file" | "voice"> = { image: "image", file: "file", voice: "voice" };

/** What the system says, by its code. */
const systemTexts: Record<string, "version" | "unreadable"> = { context_version_changed: "version", message_unreadable: "unreadable" };

function lastText({ lastMessage }: Conversation, me: number | undefined, t: Translate<keyof typeof inboxTexts.fr>): string {
  if (lastMessage === null) return t("noMessage");
  if (lastMessage.system) return t(systemTexts[lastMessage.system.code] ?? "system");
  const text = lastMessage.content === "" ? t(nameOf[lastMessage.type] ?? "deleted") : plainText(lastMessage.content);
  return lastMessage.senderId === me ? t("you", { text }) : text;
}
