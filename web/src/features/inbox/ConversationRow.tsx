import { Archive, BellOff, FileText, Lock, Pin } from "lucide-react";
import { memo } from "react";
import { Link } from "wouter";
import { useSelected } from "@/hooks";
import { personName, shortTime, useLanguage, useTexts } from "@/i18n";
import type { Conversation } from "@/sdk/types";
import { Avatar, CountBadge, classes, Hidden, Tag } from "@/ui";
import { isUnread } from "./filters";
import { LastLine } from "./LastLine";
import { RowMenu } from "./RowMenu";
import styles from "./Row.module.css";
import { inboxTexts } from "./texts";

export interface RowProps {
  conversation: Conversation;
  isOpen: boolean;
  /** The one that Tab reaches; arrows lead to the others. */
  isStop: boolean;
  /** Changes when a day ends: "14:05" becomes "Hier". */
  today: string;
}

export const ConversationRow = memo(function ConversationRow({ conversation, isOpen, isStop }: RowProps) {
  const t = useTexts(inboxTexts);
  const language = useLanguage();
  const person = conversation.participantInfo;
  const online = useSelected((state) => state.presence[person.id]?.online ?? person.online) && conversation.canReply;
  const unread = isUnread(conversation);
  const name = personName(person, language);
  return (
    <li className={classes(styles.item, unread && styles.unread)}>
      <Link
        href={`/conversations/${conversation.id}`}
        className={styles.row ?? ""}
        aria-current={isOpen ? "page" : undefined}
        tabIndex={isStop ? 0 : -1}
        data-conversation={conversation.id}
      >
        <Avatar person={person} online={online} />
        <span className={styles.text}>
          <span className={styles.line}>
            <span className={styles.name} dir="auto">
              {name}
            </span>
            {online && <Hidden>, {t("online")}, </Hidden>}
            {conversation.lastMessage && (
              <time className={styles.time} dateTime={conversation.lastMessageTime}>
                {shortTime(conversation.lastMessageTime, language)}
              </time>
            )}
          </span>
          {conversation.context && (
            <span className={styles.subject}>
              <FileText size={14} aria-hidden="true" />
              {conversation.context.title}
            </span>
          )}
          <span className={styles.line}>
            <LastLine conversation={conversation} />
            <Signs conversation={conversation} />
          </span>
        </span>
      </Link>
      <span className={styles.actions}>
        <RowMenu conversation={conversation} name={name} isStop={isStop} />
      </span>
    </li>
  );
});

function Signs({ conversation }: { conversation: Conversation }) {
  const t = useTexts(inboxTexts);
  const { unreadCount, urgentCount, awaitingReply, muted, pinned, status } = conversation;
  return (
    <span className={styles.signs}>
      {status === "closed" && <Sign Icon={Lock} text={t("closed")} />}
      {status === "archived" && <Sign Icon={Archive} text={t("isArchived")} />}
      {muted && <Sign Icon={BellOff} text={t("muted")} />}
      {pinned && <Sign Icon={Pin} text={t("pinned")} />}
      {awaitingReply && urgentCount === 0 && <Tag tone="warn">{t("awaiting")}</Tag>}
      {urgentCount > 0 && <Tag tone="danger">{t("urgentTag")}</Tag>}
      {unreadCount > 0 && <CountBadge count={unreadCount} muted={muted} text={t("unreadCount", { count: unreadCount })} />}
      {unreadCount === 0 && conversation.markedUnread && <CountBadge count={0} text={t("markedUnread")} />}
    </span>
  );
}

function Sign({ Icon, text }: { Icon: typeof Pin; text: string }) {
  return (
    <span title={text}>
      <Icon size={15} aria-hidden="true" />
      <Hidden>{text}</Hidden>
    </span>
  );
}
