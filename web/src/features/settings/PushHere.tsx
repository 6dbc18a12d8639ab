import { BellRing } from "lucide-react";
import { useState } from "react";
import { usePush } from "@/hooks";
import { useTexts } from "@/i18n";
import { isMessagingError } from "@/sdk";
import { Button, toast } from "@/ui";
import styles from "./Settings.module.css";
import { settingsTexts } from "./texts";

/** Notifications of this very browser: asked for by a button, never by itself. */
export function PushHere() {
  const t = useTexts(settingsTexts);
  const { status, start, stop } = usePush();
  const [busy, setBusy] = useState(false);

  async function change(act: () => Promise<void>) {
    setBusy(true);
    try {
      await act();
    } catch (error) {
      if (!isMessagingError(error)) throw error;
      toast(t("changeFailed"));
    } finally {
      setBusy(false);
    }
  }

  if (status === null) return null;
  if (status === "denied" || status === "unsupported")
    return <p className={styles.lead}>{t(status === "denied" ? "pushDenied" : "pushUnsupported")}</p>;
  const isOn = status === "on";
  return (
    <Button busy={busy} icon={<BellRing size={18} aria-hidden="true" />} onClick={() => void change(isOn ? stop : start)}>
      {t(isOn ? "pushStop" : "pushAllow")}
    </Button>
  );
}
