import { ChartColumn } from "lucide-react";
import { type FormEvent, useState } from "react";
import { useMessaging } from "@/hooks";
import { personName, roleName, useTexts } from "@/i18n";
import { isMessagingError, type MessagingError } from "@/sdk/errors";
import type { Me } from "@/sdk/types";
import { Avatar, Banner, Button, Card, Field, Row, Rows } from "@/ui";
import styles from "./Settings.module.css";
import { settingsTexts } from "./texts";

export function Profile({ me }: { me: Me }) {
  const t = useTexts(settingsTexts);
  return (
    <>
      <Card>
        <div className={styles.who}>
          <Avatar person={me} size="large" />
          <p>
            <strong>{personName(me)}</strong>
            <span>{roleName(me.role)}</span>
          </p>
        </div>
        <dl className={styles.facts}>
          <dt>{t("username")}</dt>
          <dd>{me.username}</dd>
          <dt>{t("email")}</dt>
          <dd>{me.email ?? t("noEmail")}</dd>
        </dl>
        <p className={styles.note}>{t("managed")}</p>
      </Card>
      {/* Administrators write to nobody. */}
      {me.role !== "admin" && (
        <Card flush>
          <Rows>
            <Row
              before={
                <span className={styles.device}>
                  <ChartColumn size={22} aria-hidden="true" />
                </span>
              }
              title={t("activity")}
              detail={t("activityText")}
              href="/settings/activity"
            />
          </Rows>
        </Card>
      )}
      <Card title={t("passwordTitle")}>
        <PasswordForm username={me.username} />
      </Card>
    </>
  );
}

type Outcome = { done: true } | { done: false; field: "current" | "fresh" | null } | null;

function PasswordForm({ username }: { username: string }) {
  const t = useTexts(settingsTexts);
  const { rest } = useMessaging();
  const [busy, setBusy] = useState(false);
  const [outcome, setOutcome] = useState<Outcome>(null);

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = event.currentTarget;
    const given = new FormData(form);
    setBusy(true);
    try {
      await rest.account.changePassword({
        currentPassword: String(given.get("current")),
        newPassword: String(given.get("fresh")),
      });
      form.reset();
      setOutcome({ done: true });
    } catch (error) {
      if (!isMessagingError(error)) throw error;
      setOutcome({ done: false, field: fieldOf(error) });
    } finally {
      setBusy(false);
    }
  }

  const failed = outcome?.done === false ? outcome : null;
  return (
    <form className={styles.form} onSubmit={(event) => void submit(event)}>
      <input type="text" name="username" autoComplete="username" value={username} readOnly hidden />
      <Field
        label={t("current")}
        name="current"
        type="password"
        autoComplete="current-password"
        required
        trouble={failed?.field === "current" ? t("wrong") : null}
      />
      <Field
        label={t("fresh")}
        name="fresh"
        type="password"
        autoComplete="new-password"
        required
        hint={t("freshHint")}
        trouble={failed?.field === "fresh" ? t("weak") : null}
      />
      <div>
        <Button type="submit" busy={busy}>
          {t("change")}
        </Button>
      </div>
      {outcome?.done && (
        <Banner tone="ok" round role="status">
          {t("changed")}
        </Banner>
      )}
      {failed !== null && failed.field === null && (
        <Banner tone="danger" round role="alert">
          {t("changeFailed")}
        </Banner>
      )}
    </form>
  );
}

function fieldOf({ fields }: MessagingError): "current" | "fresh" | null {
  if ("currentPassword" in fields) return "current";
  return "newPassword" in fields ? "fresh" : null;
}
