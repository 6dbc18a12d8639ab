import { type FormEvent, type ReactNode, useId, useState } from "react";
import { useTexts } from "@/i18n";
import { Button } from "./Button";
import { Dialog } from "./Dialog";
import { TextArea } from "./Field";
import { Stack } from "./Page";
import { uiTexts } from "./texts";

export interface ReasonDialogProps {
  title: string;
  /** What it will do. */
  children?: ReactNode;
  label: string;
  hint?: string;
  action: string;
  danger?: boolean;
  /** 0: a reason may be left out. */
  shortest: number;
  close: () => void;
  /** True when it was done: the dialog goes away then. */
  act: (reason: string) => Promise<boolean>;
}

/** Asks why, before something is done that stays on the trail with its reason. */
export function ReasonDialog({ title, children, label, hint, action, danger = false, shortest, close, act }: ReasonDialogProps) {
  const t = useTexts(uiTexts);
  const form = useId();
  const [busy, setBusy] = useState(false);

  async function run(reason: string) {
    setBusy(true);
    if (await act(reason)) close();
    else setBusy(false);
  }

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    void run(String(new FormData(event.currentTarget).get("reason")).trim());
  }

  return (
    <Dialog
      title={title}
      onClose={close}
      actions={
        <>
          <Button onClick={close}>{t("cancel")}</Button>
          <Button kind={danger ? "danger" : "primary"} type="submit" form={form} busy={busy}>
            {action}
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={submit}>
        <Stack>
          {children}
          <TextArea label={label} hint={hint} name="reason" required={shortest > 0} minLength={shortest} maxLength={500} data-autofocus />
        </Stack>
      </form>
    </Dialog>
  );
}
