import { type FormEvent, useId, useState } from "react";
import { useMessaging } from "@/hooks";
import { useTexts } from "@/i18n";
import { isMessagingError } from "@/sdk";
import { Banner, Button, Dialog } from "@/ui";
import styles from "./Admin.module.css";
import { PersonSelect } from "./PersonSelect";
import { adminTexts } from "./texts";

export function LinkForm({ close, saved }: { close: () => void; saved: () => void }) {
  const t = useTexts(adminTexts);
  const form = useId();
  const { rest } = useMessaging();
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState(false);

  async function store(patientId: number, doctorId: number) {
    setBusy(true);
    setFailed(false);
    try {
      // The key is the pair: the same two again are the same link.
      await rest.admin.putCareLink(`pair:${patientId}:${doctorId}`, { patientId, doctorId });
      saved();
    } catch (error) {
      if (!isMessagingError(error)) throw error;
      setFailed(true);
      setBusy(false);
    }
  }

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const given = new FormData(event.currentTarget);
    void store(Number(given.get("patient")), Number(given.get("doctor")));
  }

  return (
    <Dialog
      title={t("newLink")}
      onClose={close}
      actions={
        <>
          <Button onClick={close}>{t("cancel")}</Button>
          <Button kind="primary" type="submit" form={form} busy={busy}>
            {t("save")}
          </Button>
        </>
      }
    >
      <form id={form} className={styles.form} onSubmit={submit}>
        <PersonSelect of="patient" name="patient" label={t("patient")} />
        <PersonSelect of="medecin" name="doctor" label={t("doctor")} />
        {failed && (
          <Banner tone="danger" round role="alert">
            {t("changeFailed")}
          </Banner>
        )}
      </form>
    </Dialog>
  );
}
