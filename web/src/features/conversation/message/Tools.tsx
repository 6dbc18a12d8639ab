import { Copy, Ellipsis, Pencil, Reply, SmilePlus, Trash2 } from "lucide-react";
import { useState } from "react";
import { useTexts } from "@/i18n";
import { Extra, IconButton, lazyPart, Loading, Menu, type MenuItem } from "@/ui";
import { useActions, useFacts } from "../actions";
import { Popover } from "../Popover";
import { texts } from "../texts";
import type { Message } from "../types";
import { canEdit, canRemove, textOf } from "./rights";
import styles from "./Tools.module.css";

const EmojiPicker = lazyPart(() => import("../emoji/EmojiPicker").then((module) => module.default));
const QUICK = ["👍", "❤️", "🙏", "😊", "😢", "✅"];

/** React, and a menu of what else can be done; made only for the bubble under the mouse, the finger or the keyboard. */
export function Tools({ message }: { message: Message }) {
  const t = useTexts(texts);
  const actions = useActions();
  const { me, canReply } = useFacts();
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const items = itemsOf(message);

  function itemsOf(of: Message): MenuItem[] {
    const text = textOf(of);
    const found: (MenuItem | false)[] = [
      canReply && { text: t("reply"), icon: <Reply size={18} aria-hidden="true" />, onSelect: () => actions.reply(of) },
      text !== "" && { text: t("copy"), icon: <Copy size={18} aria-hidden="true" />, onSelect: () => actions.copy(of) },
      canReply && canEdit(of, me) && { text: t("edit"), icon: <Pencil size={18} aria-hidden="true" />, onSelect: () => actions.edit(of) },
      canRemove(of, me) && {
        text: t("remove"),
        icon: <Trash2 size={18} aria-hidden="true" />,
        onSelect: () => actions.remove(of),
        danger: true,
        apart: true,
      },
    ];
    return found.filter((item) => item !== false);
  }

  function react(emoji: string) {
    setAnchor(null);
    actions.react(message, emoji);
  }

  return (
    <div className={styles.tools}>
      {canReply && (
        <IconButton label={t("react")} aria-haspopup="dialog" aria-expanded={anchor !== null} onClick={(event) => setAnchor(event.currentTarget)}>
          <SmilePlus size={18} aria-hidden="true" />
        </IconButton>
      )}
      {items.length > 0 && (
        <Menu label={t("actions")} items={items}>
          {(trigger) => (
            <IconButton label={t("actions")} data-actions="" {...trigger}>
              <Ellipsis size={18} aria-hidden="true" />
            </IconButton>
          )}
        </Menu>
      )}
      {anchor !== null && <ReactionBox anchor={anchor} close={() => setAnchor(null)} react={react} />}
    </div>
  );
}

function ReactionBox({ anchor, close, react }: { anchor: HTMLElement; close: () => void; react: (emoji: string) => void }) {
  const t = useTexts(texts);
  const [isWhole, setWhole] = useState(false);
  return (
    <Popover label={t("react")} anchor={anchor} onClose={close}>
      {isWhole ? (
        <Extra close={close} fallback={<Loading text="…" />}>
          <EmojiPicker onPick={react} />
        </Extra>
      ) : (
        <div className={styles.quick}>
          {QUICK.map((emoji, index) => (
            <button
              key={emoji}
              type="button"
              className={styles.emoji}
              data-autofocus={index === 0 ? "" : undefined}
              aria-label={t("addReaction", { emoji })}
              onClick={() => react(emoji)}
            >
              {emoji}
            </button>
          ))}
          <IconButton label={t("moreEmoji")} onClick={() => setWhole(true)}>
            <Ellipsis size={20} aria-hidden="true" />
          </IconButton>
        </div>
      )}
    </Popover>
  );
}
