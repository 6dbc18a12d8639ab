import { Archive, ArchiveRestore, Bell, BellOff, Lock, LockOpen, MailOpen, MoreHorizontal, Pin, PinOff } from "lucide-react";
import { useMe, useMessaging } from "@/hooks";
import { useTexts } from "@/i18n";
import { isMessagingError } from "@/sdk/errors";
import type { Messaging } from "@/sdk/messaging";
import type { Conversation, Role } from "@/sdk/types";
import { IconButton, Menu, type MenuItem, toast } from "@/ui";
import { inboxTexts } from "./texts";

type Change = Parameters<Messaging["settle"]>[1];
const MAY_CLOSE: readonly Role[] = ["medecin", "mentor"];

export function RowMenu({ conversation, name, isStop }: { conversation: Conversation; name: string; isStop: boolean }) {
  const t = useTexts(inboxTexts);
  const items = useSettlements(conversation);
  return (
    <Menu label={t("actions", { name })} items={items}>
      {(trigger) => (
        <IconButton label={t("actions", { name })} {...trigger} tabIndex={isStop ? 0 : -1}>
          <MoreHorizontal size={18} aria-hidden="true" />
        </IconButton>
      )}
    </Menu>
  );
}

/** What one can do with a conversation as a whole, for menus. */
export function useSettlements(conversation: Conversation): MenuItem[] {
  const t = useTexts(inboxTexts);
  const messaging = useMessaging();
  const role = useMe()?.role;
  const { id, pinned, muted, status } = conversation;

  async function settle(change: Change, done?: () => void) {
    try {
      await messaging.settle(id, change);
      done?.();
    } catch (error) {
      if (!isMessagingError(error)) throw error;
      toast(t("changeFailed"));
    }
  }

  function archive() {
    void settle({ status: "archived" }, () =>
      toast(t("archivedToast"), { text: t("undo"), run: () => void settle({ status: "active" }) }),
    );
  }

  const icon = (Icon: typeof Pin) => <Icon size={18} aria-hidden="true" />;
  const items: MenuItem[] = [
    { text: t(pinned ? "unpin" : "pin"), icon: icon(pinned ? PinOff : Pin), onSelect: () => void settle({ pinned: !pinned }) },
    { text: t(muted ? "unmute" : "mute"), icon: icon(muted ? Bell : BellOff), onSelect: () => void settle({ muted: !muted }) },
    { text: t("markUnread"), icon: icon(MailOpen), onSelect: () => void settle({ markedUnread: true }) },
  ];
  if (status === "active") items.push({ text: t("archive"), icon: icon(Archive), onSelect: archive });
  if (status === "archived")
    items.push({ text: t("unarchive"), icon: icon(ArchiveRestore), onSelect: () => void settle({ status: "active" }) });
  if (role !== undefined && MAY_CLOSE.includes(role))
    items.push(
      status === "closed"
        ? { text: t("reopen"), icon: icon(LockOpen), apart: true, onSelect: () => void settle({ status: "active" }) }
        : { text: t("close"), icon: icon(Lock), apart: true, danger: true, onSelect: () => void settle({ status: "closed" }) },
    );
  return items;
}
