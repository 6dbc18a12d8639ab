import { Archive, ArchiveRestore, ArrowLeft, BellOff, Download, Ellipsis, Eye, Lock, LockOpen, MailOpen, Pin } from "lucide-react";
import { useLocation } from "wouter";
import { useMe, usePresence } from "@/hooks";
import { ago, personName, useLanguage, useTexts } from "@/i18n";
import type { Conversation } from "@/sdk/types";
import { Avatar, IconButton, Menu, type MenuItem, Tag } from "@/ui";
import { texts } from "../texts";
import { Subject } from "./Subject";
import styles from "./Header.module.css";

interface Props {
  conversation: Conversation;
  onBack: (() => void) | undefined;
  settle: (change: { status?: Conversation["status"]; muted?: boolean; pinned?: boolean; markedUnread?: boolean }) => void;
  askToClose: () => void;
}

/** With whom, whether they are there, about what, and what can be done with the whole conversation. */
export function Header({ conversation, onBack, settle, askToClose }: Props) {
  const t = useTexts(texts);
  const spoken = useLanguage();
  const person = conversation.participantInfo;
  const presence = usePresence(person.id);
  const isOnline = conversation.canReply && (presence?.online ?? person.online);
  const items = useItems(conversation, settle, askToClose);
  return (
    <header className={styles.header}>
      {onBack !== undefined && (
        <IconButton label={t("back")} className={styles.back} onClick={onBack}>
          <ArrowLeft size={22} aria-hidden="true" />
        </IconButton>
      )}
      <Avatar person={person} online={isOnline} />
      <div className={styles.who}>
        <h1 className={styles.name} dir="auto" tabIndex={-1} data-pane-heading="">
          {personName(person, spoken)}
        </h1>
        {conversation.canReply && <Presence isOnline={isOnline} lastSeen={presence?.lastSeenAt ?? null} />}
        <Subject context={conversation.context} />
      </div>
      {conversation.status === "closed" && <Tag icon={<Lock size={14} aria-hidden="true" />}>{t("closedState")}</Tag>}
      {conversation.status === "archived" && <Tag icon={<Archive size={14} aria-hidden="true" />}>{t("archivedState")}</Tag>}
      {conversation.muted && (
        <span className={styles.muted} role="img" aria-label={t("muted")} title={t("muted")}>
          <BellOff size={18} aria-hidden="true" />
        </span>
      )}
      <Menu label={t("menu")} items={items}>
        {(trigger) => (
          <IconButton label={t("menu")} {...trigger}>
            <Ellipsis size={22} aria-hidden="true" />
          </IconButton>
        )}
      </Menu>
    </header>
  );
}

/** Hidden where one cannot write any more: the server says nothing of it then. */
function Presence({ isOnline, lastSeen }: { isOnline: boolean; lastSeen: string | null }) {
  const t = useTexts(texts);
  const spoken = useLanguage();
  return (
    <p className={styles.presence}>
      {isOnline ? t("online") : lastSeen === null ? t("offline") : t("lastSeen", { ago: ago(lastSeen, spoken) })}
    </p>
  );
}

function useItems({ id, muted, pinned, status }: Conversation, settle: Props["settle"], askToClose: () => void): MenuItem[] {
  const t = useTexts(texts);
  const me = useMe();
  const [, go] = useLocation();
  const icon = { size: 18, "aria-hidden": true } as const;
  const mayClose = me?.role === "medecin" || me?.role === "mentor";
  const items: (MenuItem | false)[] = [
    { text: t("mute"), icon: <BellOff {...icon} />, checked: muted, onSelect: () => settle({ muted: !muted }) },
    { text: t("pin"), icon: <Pin {...icon} />, checked: pinned, onSelect: () => settle({ pinned: !pinned }) },
    { text: t("markUnread"), icon: <MailOpen {...icon} />, onSelect: () => settle({ markedUnread: true }) },
    status === "active" && { text: t("archive"), icon: <Archive {...icon} />, onSelect: () => settle({ status: "archived" }) },
    status === "archived" && { text: t("unarchive"), icon: <ArchiveRestore {...icon} />, onSelect: () => settle({ status: "active" }) },
    { text: t("whoOpened"), icon: <Eye {...icon} />, apart: true, onSelect: () => go(`/conversations/${id}/access`) },
    { text: t("export"), icon: <Download {...icon} />, onSelect: () => go(`/conversations/${id}/exports`) },
    mayClose && status !== "closed" && { text: t("close"), icon: <Lock {...icon} />, apart: true, danger: true, onSelect: askToClose },
    mayClose && status === "closed" && { text: t("reopen"), icon: <LockOpen {...icon} />, apart: true, onSelect: () => settle({ status: "active" }) },
  ];
  return items.filter((item) => item !== false);
}
