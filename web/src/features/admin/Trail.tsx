import { Search } from "lucide-react";
import { type FormEvent, type ReactNode, useCallback, useState } from "react";
import { useLocation } from "wouter";
import { useMessaging, useResource } from "@/hooks";
import { personName, roleName, shortDate, useTexts } from "@/i18n";
import type { AdminParticipant } from "@/sdk/contract";
import { Avatar, Banner, Button, Card, EmptyState, Field, Loading, Row, Rows, uiTexts } from "@/ui";
import styles from "./Admin.module.css";
import { Confirm } from "./Confirm";
import { Glass } from "./Glass";
import { adminTexts } from "./texts";
import { useChange } from "./useChange";

export interface TrailProps {
  id: string | undefined;
  journal: (conversationId: number) => ReactNode;
}

export function Trail({ id, journal }: TrailProps) {
  const t = useTexts(adminTexts);
  const [, navigate] = useLocation();

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const number = String(new FormData(event.currentTarget).get("number")).trim();
    navigate(`/admin/trail/${encodeURIComponent(number)}`);
  }

  return (
    <>
      <p className={styles.lead}>{t("trailText")}</p>
      <form className={styles.tools} onSubmit={submit}>
        <Field
          key={id}
          label={t("number")}
          hint={t("numberHint")}
          name="number"
          inputMode="numeric"
          pattern="[1-9][0-9]{0,14}"
          required
          defaultValue={id}
          before={<Search size={18} aria-hidden="true" />}
          after={
            <Button kind="quiet" type="submit">
              {t("show")}
            </Button>
          }
        />
      </form>
      {id !== undefined && <OfConversation key={id} id={Number(id)} journal={journal} />}
    </>
  );
}

function OfConversation({ id, journal }: { id: number; journal: TrailProps["journal"] }) {
  const t = useTexts(adminTexts);
  const ui = useTexts(uiTexts);
  const { rest } = useMessaging();
  const { data, error, reload, set } = useResource(useCallback(() => rest.admin.participants(id), [rest, id]));
  if (error?.code === "NOT_FOUND" || error?.code === "VALIDATION_FAILED")
    return <EmptyState icon={<Search size={28} />} title={t("notFound")} />;
  if (error !== null)
    return (
      <Banner tone="warn" round role="alert" action={<Button onClick={reload}>{ui("retry")}</Button>}>
        {t("failed")}
      </Banner>
    );
  if (data === null) return <Loading text={t("loading")} />;
  return (
    <>
      <Card title={t("participants")} flush>
        <Rows>
          {data.participants.map((person) => (
            <Participant key={person.userId} conversationId={id} person={person} changed={set} />
          ))}
        </Rows>
      </Card>
      <Glass conversationId={id} />
      {journal(id)}
    </>
  );
}

interface ParticipantProps {
  conversationId: number;
  person: AdminParticipant;
  changed: (reply: { participants: AdminParticipant[] }) => void;
}

function Participant({ conversationId, person, changed }: ParticipantProps) {
  const t = useTexts(adminTexts);
  const { rest } = useMessaging();
  const change = useChange();
  const name = personName(person);
  const isIn = person.leftAt === null;
  const [isAsking, setIsAsking] = useState(false);

  function toggle() {
    const act = isIn ? rest.admin.removeParticipant : rest.admin.returnParticipant;
    return change(async () => changed(await act(conversationId, person.userId)));
  }

  return (
    <>
      <Row
        tight
        before={<Avatar person={person} size="small" />}
        title={name}
        detail={person.leftAt === null ? roleName(person.role) : t("left", { when: shortDate(person.leftAt) })}
        side={
          <Button aria-label={t(isIn ? "removeOf" : "putBackOf", { name })} onClick={() => (isIn ? setIsAsking(true) : void toggle())}>
            {t(isIn ? "remove" : "putBack")}
          </Button>
        }
      />
      {isAsking && (
        <Confirm
          title={t("removeTitle", { name })}
          text={t("removeText")}
          action={t("remove")}
          close={() => setIsAsking(false)}
          act={toggle}
        />
      )}
    </>
  );
}
