import { Search } from "lucide-react";
import { type KeyboardEvent, useDeferredValue, useEffect, useId, useState } from "react";
import { useLocation } from "wouter";
import { useConversations } from "@/hooks";
import { dictionary, personName, roleName, useTexts } from "@/i18n";
import type { Conversation } from "@/sdk/types";
import { Avatar, CountBadge, Dialog, EmptyState, Field, Hidden } from "@/ui";
import styles from "./Switcher.module.css";

const texts = dictionary({
  fr: {
    title: "Aller à une conversation",
    search: "Nom de la personne",
    results: "Conversations",
    none: "Rien de ce nom",
    count: { one: "{count} résultat", other: "{count} résultats" },
    unread: { one: "{count} message non lu", other: "{count} messages non lus" },
  },
  en: {
    title: "Go to a conversation",
    search: "Name of the person",
    results: "Conversations",
    none: "Nothing of that name",
    count: { one: "{count} result", other: "{count} results" },
    unread: { one: "{count} unread message", other: "{count} unread messages" },
  },
});

const SHOWN = 30;

/** Ctrl/⌘ + K: type a part of a name, Enter. A combobox whose list is always open. */
export function Switcher({ close }: { close: () => void }) {
  const t = useTexts(texts);
  const id = useId();
  const [, navigate] = useLocation();
  const [typed, setTyped] = useState("");
  const [at, setAt] = useState(0);
  const q = useDeferredValue(typed.trim());
  const { items, status } = useConversations(q === "" ? {} : { q });
  const shown = items.slice(0, SHOWN);
  const chosen = shown[Math.min(at, shown.length - 1)];

  function go(conversation: Conversation) {
    close();
    navigate(`/conversations/${conversation.id}`);
  }

  function move(event: KeyboardEvent) {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "ArrowDown") setAt(Math.min(at + 1, shown.length - 1));
    else if (event.key === "ArrowUp") setAt(Math.max(at - 1, 0));
    else if (event.key === "Enter" && chosen !== undefined) go(chosen);
    else return;
    event.preventDefault();
  }

  return (
    <Dialog title={t("title")} onClose={close} top>
      <Field
        label={t("search")}
        hideLabel
        soft
        data-autofocus
        role="combobox"
        aria-expanded="true"
        aria-controls={`${id}-list`}
        aria-activedescendant={chosen && `${id}-${chosen.id}`}
        aria-autocomplete="list"
        autoComplete="off"
        placeholder={t("search")}
        value={typed}
        onKeyDown={move}
        onChange={(event) => {
          setTyped(event.target.value);
          setAt(0);
        }}
        before={<Search size={18} aria-hidden="true" />}
      />
      <Hidden role="status">{status === "ready" ? t("count", { count: shown.length }) : ""}</Hidden>
      <div role="listbox" id={`${id}-list`} aria-label={t("results")} className={styles.results}>
        {shown.map((conversation) => (
          <Option
            key={conversation.id}
            id={`${id}-${conversation.id}`}
            conversation={conversation}
            selected={conversation === chosen}
            onChoose={() => go(conversation)}
          />
        ))}
      </div>
      {status === "ready" && shown.length === 0 && <EmptyState icon={<Search size={28} />} title={t("none")} />}
    </Dialog>
  );
}

interface OptionProps {
  id: string;
  conversation: Conversation;
  selected: boolean;
  onChoose: () => void;
}

function Option({ id, conversation, selected, onChoose }: OptionProps) {
  const t = useTexts(texts);
  const person = conversation.participantInfo;
  useEffect(() => {
    if (selected) document.getElementById(id)?.scrollIntoView({ block: "nearest" });
  }, [selected, id]);
  return (
    // The keys are those of the search box, which keeps the focus.
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events
    <div role="option" id={id} tabIndex={-1} aria-selected={selected} className={styles.option} onClick={onChoose}>
      <Avatar person={person} size="small" />
      <span className={styles.text}>
        <span>{personName(person)}</span>
        <span className={styles.about}>{conversation.context?.title ?? roleName(person.role)}</span>
      </span>
      {conversation.unreadCount > 0 && (
        <CountBadge count={conversation.unreadCount} text={t("unread", { count: conversation.unreadCount })} />
      )}
    </div>
  );
}
