import { Link } from "wouter";
import { useSelected } from "@/hooks";
import { fullTime, personName, shortTime, useTexts } from "@/i18n";
import type { Hit as FoundMessage } from "@/sdk/contract";
import { Marked } from "@/text/Marked";
import { Avatar } from "@/ui";
import styles from "./Search.module.css";
import { searchTexts } from "./texts";

export function Hit({ hit: { message, isMine, excerpt } }: { hit: FoundMessage }) {
  const t = useTexts(searchTexts);
  const other = useSelected((state) => state.conversations[message.conversationId]?.participantInfo);
  const otherName = other === undefined ? "" : personName(other);
  const sender = isMine ? t("you") : (message.senderName ?? otherName);
  return (
    <li>
      <Link href={`/conversations/${message.conversationId}?at=${message.seq}`} className={styles.hit ?? ""}>
        {other !== undefined && <Avatar person={other} size="small" />}
        <span className={styles.text}>
          <span className={styles.head}>
            <strong>{isMine && otherName !== "" ? t("to", { sender, other: otherName }) : sender}</strong>
            <time dateTime={message.sentAt} title={fullTime(message.sentAt)}>
              {shortTime(message.sentAt)}
            </time>
          </span>
          <span className={styles.excerpt} dir="auto">
            <Marked parts={excerpt} />
          </span>
        </span>
      </Link>
    </li>
  );
}
