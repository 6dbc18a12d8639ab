import { type KeyboardEvent, useRef, useState } from "react";
import { useTexts } from "@/i18n";
import type { Conversation } from "@/sdk/types";
import { ConversationRow } from "./ConversationRow";
import { inboxTexts } from "./texts";
import { useToday } from "./useToday";

/** One stop of the Tab key, with arrows inside: who has forty conversations does not tab through them. */
export function ConversationList({ items, openId }: { items: readonly Conversation[]; openId: number | null }) {
  const t = useTexts(inboxTexts);
  const today = useToday();
  const list = useRef<HTMLUListElement>(null);
  const [focused, setFocused] = useState<number | null>(null);
  const has = (id: number | null) => items.some((conversation) => conversation.id === id);
  const stop = has(focused) ? focused : has(openId) ? openId : (items[0]?.id ?? null);

  function move(event: KeyboardEvent) {
    const rows = [...(list.current?.querySelectorAll<HTMLElement>("a[data-conversation]") ?? [])];
    const at = rows.indexOf(document.activeElement as HTMLElement);
    if (at < 0 || event.altKey) return;
    const goals: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 };
    const goal = goals[event.key];
    if (goal === undefined) return;
    event.preventDefault();
    rows[goal]?.focus();
  }

  return (
    // The keys move the focus between the links inside.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <ul
      ref={list}
      aria-label={t("list")}
      onKeyDown={move}
      onFocus={(event) => {
        const id = (event.target as HTMLElement).dataset["conversation"];
        if (id !== undefined) setFocused(Number(id));
      }}
    >
      {items.map((conversation) => (
        <ConversationRow
          key={conversation.id}
          conversation={conversation}
          isOpen={conversation.id === openId}
          isStop={conversation.id === stop}
          today={today}
        />
      ))}
    </ul>
  );
}
