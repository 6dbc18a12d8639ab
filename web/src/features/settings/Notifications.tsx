import { type ReactNode, useCallback, useState } from "react";
import { useMessaging, useResource } from "@/hooks";
import { type Translate, useTexts } from "@/i18n";
import type { ChangePreferences, Preferences } from "@/sdk/contract";
import { isMessagingError } from "@/sdk/errors";
import { Banner, Button, Card, Check, Field, Loading, toast, uiTexts } from "@/ui";
import { PushHere } from "./PushHere";
import styles from "./Settings.module.css";
import { settingsTexts } from "./texts";

type Kind = NonNullable<ChangePreferences["silentKinds"]>[number];
const KINDS: readonly Kind[] = ["new_message", "urgent", "context_changed", "export_ready", "conversation_opened"];
const NIGHT = { from: "22:00", to: "07:00" };

export function Notifications() {
  const t = useTexts(settingsTexts);
  const ui = useTexts(uiTexts);
  const { rest } = useMessaging();
  const { data, error, reload, set } = useResource(
    useCallback((signal) => rest.call("GET /api/messaging/notification-preferences", { signal }), [rest]),
  );

  /** Shown at once, and put back when it could not be stored. */
  async function change(next: ChangePreferences) {
    if (data === null) return;
    set({ ...data, ...next });
    try {
      set(await rest.call("PATCH /api/messaging/notification-preferences", { body: next }));
    } catch (failure) {
      if (!isMessagingError(failure)) throw failure;
      set(data);
      toast(t("changeFailed"));
    }
  }

  if (error !== null && data === null)
    return (
      <Banner tone="warn" round role="alert" action={<Button onClick={reload}>{ui("retry")}</Button>}>
        {t("failed")}
      </Banner>
    );
  if (data === null) return <Loading text={t("loading")} />;
  return (
    <>
      <p className={styles.lead}>{t("notifyText")}</p>
      <Card title={t("pushThis")}>
        <PushHere />
      </Card>
      <Card>
        <Switches preferences={data} change={change} t={t} />
      </Card>
      <Card>
        <QuietHours preferences={data} change={change} t={t} />
      </Card>
    </>
  );
}

interface PartProps {
  preferences: Preferences;
  change: (next: ChangePreferences) => Promise<void>;
  t: Translate<keyof typeof settingsTexts.fr>;
}

function Switches({ preferences, change, t }: PartProps): ReactNode {
  const { push, email, silentKinds, urgentAlways } = preferences;

  function tell(kind: Kind, wanted: boolean) {
    void change({ silentKinds: KINDS.filter((one) => (one === kind ? !wanted : silentKinds.includes(one))) });
  }

  return (
    <>
      <Check label={t("push_on")} hint={t("push_hint")} checked={push} onChange={(event) => void change({ push: event.target.checked })} />
      <Check label={t("email_on")} hint={t("email_hint")} checked={email} onChange={(event) => void change({ email: event.target.checked })} />
      <Check label={t("urgentAlways")} checked={urgentAlways} onChange={(event) => void change({ urgentAlways: event.target.checked })} />
      <fieldset className={styles.set}>
        <legend>{t("kinds")}</legend>
        {KINDS.map((kind) => (
          <Check
            key={kind}
            label={t(`kind_${kind}`)}
            checked={!silentKinds.includes(kind)}
            onChange={(event) => tell(kind, event.target.checked)}
          />
        ))}
      </fieldset>
    </>
  );
}

function QuietHours({ preferences: { quietHours }, change, t }: PartProps) {
  const timeZone = new Intl.DateTimeFormat().resolvedOptions().timeZone;
  const [typed, setTyped] = useState(quietHours ?? NIGHT);

  function keep(next: { from: string; to: string }) {
    setTyped(next);
    if (next.from !== "" && next.to !== "") void change({ quietHours: { ...next, timeZone } });
  }

  return (
    <>
      <Check
        label={t("quiet")}
        hint={t("quietHint")}
        checked={quietHours !== null}
        onChange={(event) => void change({ quietHours: event.target.checked ? { ...typed, timeZone } : null })}
      />
      {quietHours !== null && (
        <div className={styles.hours}>
          <Field label={t("from")} type="time" required value={typed.from} onChange={(event) => keep({ ...typed, from: event.target.value })} />
          <Field label={t("to")} type="time" required value={typed.to} onChange={(event) => keep({ ...typed, to: event.target.value })} />
        </div>
      )}
    </>
  );
}
