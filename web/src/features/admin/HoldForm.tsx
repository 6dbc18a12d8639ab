import { type FormEvent, useId, useState } from "react";
import { useMessaging } from "@/hooks";
import { reasonText, useTexts } from "@/i18n";
import { isMessagingError } from "@/sdk";
import type { Hold, PlaceHold } from "@/sdk/contract";
import { Banner, Button, Dialog, Field, Filters, TextArea } from "@/ui";
import styles from "./Admin.module.css";
import { PersonSelect } from "./PersonSelect";
import { adminTexts } from "./texts";
import { dataTexts } from "./texts.data";

const TARGETS = ["conversation", "person"] as const;

export function HoldForm({ close, placed }: { close: () => void; placed: (hold: Hold) => void }) {
  const t = useTexts(dataTexts);
  const all = useTexts(adminTexts);
  const form = useId();
  const { rest } = useMessaging();
  const [target, setTarget] = useState<(typeof TARGETS)[number]>("conversation");
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<string | null>(null);

  async function place(body: PlaceHold) {
    setBusy(true);
    setTrouble(null);
    try {
      placed(await rest.call("POST /api/admin/legal-holds", { body }));
    } catch (error) {
      if (!isMessagingError(error)) throw error;
      setTrouble(error.code === "NOT_FOUND" ? all("notFound") : reasonText(error));
      setBusy(false);
    }
  }

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const given = new FormData(event.currentTarget);
    const id = Number(given.get("target"));
    const reason = String(given.get("reason")).trim();
    void place({ reason, ...(target === "conversation" ? { conversationId: id } : { userId: id }) });
  }

  return (
    <Dialog
      title={t("newHold")}
      onClose={close}
      actions={
        <>
          <Button onClick={close}>{all("cancel")}</Button>
          <Button kind="primary" type="submit" form={form} busy={busy}>
            {t("place")}
          </Button>
        </>
      }
    >
      <form id={form} className={styles.form} onSubmit={submit}>
        <Filters
          label={t("target")}
          tabs={TARGETS.map((key) => ({ key, text: t(`target_${key}`) }))}
          chosen={target}
          onChoose={setTarget}
        />
        {target === "conversation" ? (
          <Field
            key="conversation"
            label={all("number")}
            hint={all("numberHint")}
            name="target"
            inputMode="numeric"
            pattern="[1-9][0-9]{0,14}"
            required
            data-autofocus
          />
        ) : (
          <PersonSelect key="person" label={t("person")} name="target" />
        )}
        <TextArea label={t("reason")} hint={t("holdReasonHint")} name="reason" required maxLength={500} />
        {trouble !== null && (
          <Banner tone="danger" round role="alert">
            {trouble}
          </Banner>
        )}
      </form>
    </Dialog>
  );
}
