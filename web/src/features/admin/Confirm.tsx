import { useState } from "react";
import { useTexts } from "@/i18n";
import { Button, Dialog } from "@/ui";
import { adminTexts } from "./texts";

export interface ConfirmProps {
  title: string;
  text: string;
  action: string;
  close: () => void;
  /** True when it was done: the question goes away then. */
  act: () => Promise<boolean>;
}

/** Asks before what others will feel at once. */
export function Confirm({ title, text, action, close, act }: ConfirmProps) {
  const t = useTexts(adminTexts);
  const [busy, setBusy] = useState(false);

  async function run() {
    setBusy(true);
    if (await act()) close();
    else setBusy(false);
  }

  return (
    <Dialog
      title={title}
      size="small"
      onClose={close}
      actions={
        <>
          <Button data-autofocus onClick={close}>
            {t("cancel")}
          </Button>
          <Button kind="danger" busy={busy} onClick={() => void run()}>
            {action}
          </Button>
        </>
      }
    >
      <p>{text}</p>
    </Dialog>
  );
}
