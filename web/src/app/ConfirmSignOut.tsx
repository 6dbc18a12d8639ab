import { useTexts } from "@/i18n";
import { Button, Dialog } from "@/ui";
import { appTexts } from "./texts";

interface Props {
  unsent: number;
  onClose: () => void;
  onYes: () => void;
}

export function ConfirmSignOut({ unsent, onClose, onYes }: Props) {
  const t = useTexts(appTexts);
  return (
    <Dialog
      title={t("unsentTitle")}
      size="small"
      onClose={onClose}
      actions={
        <>
          <Button kind="danger" onClick={onYes}>
            {t("eraseAndSignOut")}
          </Button>
          <Button kind="primary" onClick={onClose} data-autofocus="">
            {t("stay")}
          </Button>
        </>
      }
    >
      <p>{t("unsentText", { count: unsent })}</p>
    </Dialog>
  );
}
