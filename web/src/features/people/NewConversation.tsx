import { Search, Users } from "lucide-react";
import { useDeferredValue, useState } from "react";
import { useLocation } from "wouter";
import { useMe, useMessaging } from "@/hooks";
import { personName, roleName, useTexts } from "@/i18n";
import { isMessagingError } from "@/sdk/errors";
import type { Person } from "@/sdk/types";
import { Avatar, Banner, Button, Dialog, EmptyState, Field, Hidden, Loading, Tag, uiTexts } from "@/ui";
import styles from "./NewConversation.module.css";
import { peopleTexts } from "./texts";
import { usePeople } from "./usePeople";

export function NewConversation({ close }: { close: () => void }) {
  const t = useTexts(peopleTexts);
  const [typed, setTyped] = useState("");
  const { failed, start } = useStart(close);
  return (
    <Dialog title={t("title")} onClose={close} top>
      <Field
        label={t("search")}
        hideLabel
        soft
        type="search"
        data-autofocus
        placeholder={t("search")}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        before={<Search size={18} aria-hidden="true" />}
      />
      {failed && (
        <Banner tone="danger" round role="alert">
          {t("failed")}
        </Banner>
      )}
      <People q={useDeferredValue(typed.trim())} choose={start} />
    </Dialog>
  );
}

function useStart(close: () => void) {
  const messaging = useMessaging();
  const [, navigate] = useLocation();
  const [failed, setFailed] = useState(false);

  async function start(person: Person) {
    setFailed(false);
    try {
      const id = person.conversationId ?? (await messaging.openWith(person.id)).id;
      close();
      navigate(`/conversations/${id}`);
    } catch (error) {
      if (!isMessagingError(error)) throw error;
      setFailed(true);
    }
  }

  return { failed, start };
}

function People({ q, choose }: { q: string; choose: (person: Person) => Promise<void> }) {
  const t = useTexts(peopleTexts);
  const ui = useTexts(uiTexts);
  const { items, isLoading, error, hasMore, loadMore, reload } = usePeople(q);
  if (error !== null)
    return (
      <Banner tone="warn" round role="alert" action={<Button onClick={reload}>{ui("retry")}</Button>}>
        {t("loadFailed")}
      </Banner>
    );
  if (isLoading && items.length === 0) return <Loading text={t("loading")} />;
  if (items.length === 0) return <Nobody q={q} />;
  return (
    <>
      <ul className={styles.people} aria-label={t("people")}>
        {items.map((person) => (
          <li key={person.id}>
            <PersonRow person={person} choose={choose} />
          </li>
        ))}
      </ul>
      {hasMore && (
        <Button wide busy={isLoading} onClick={loadMore}>
          {ui("more")}
        </Button>
      )}
    </>
  );
}

function PersonRow({ person, choose }: { person: Person; choose: (person: Person) => Promise<void> }) {
  const t = useTexts(peopleTexts);
  return (
    <button type="button" className={styles.person} onClick={() => void choose(person)}>
      <Avatar person={person} online={person.online} />
      <span className={styles.name}>
        <strong>{personName(person)}</strong>
        <span>
          {roleName(person.role)}
          {person.online && <Hidden>, {t("online")}</Hidden>}
        </span>
      </span>
      {person.conversationId !== null && <Tag>{t("going")}</Tag>}
    </button>
  );
}

function Nobody({ q }: { q: string }) {
  const t = useTexts(peopleTexts);
  const role = useMe()?.role;
  if (q !== "") return <EmptyState icon={<Search size={28} />} title={t("nothingFound")} />;
  const why = role === "patient" ? "nonePatient" : role === "member" ? "noneMember" : "noneDoctor";
  return <EmptyState icon={<Users size={28} />} title={t("none")} text={t(why)} />;
}
