import { useTexts } from "@/i18n";
import { Button, Dialog } from "@/ui";
import { texts } from "./texts";
import { oddities } from "@/text/links";
import styles from "./Pane.module.css";

interface Question {
  onClose: () => void;
  onYes: () => void;
}

export function ConfirmRemoval({ onClose, onYes }: Question) {
  const t = useTexts(texts);
  return (
    <Dialog
      title={t("removeTitle")}
      size="small"
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose} data-autofocus="">
            {t("keep")}
          </Button>
          <Button kind="danger" onClick={onYes}>
            {t("remove")}
          </Button>
        </>
      }
    >
      <p>{t("removeText")}</p>
    </Dialog>
  );
}

export function ConfirmClosing({ onClose, onYes }: Question) {
  const t = useTexts(texts);
  return (
    <Dialog
      title={t("closeTitle")}
      size="small"
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose} data-autofocus="">
            {t("cancel")}
          </Button>
          <Button kind="danger" onClick={onYes}>
            {t("closeConfirm")}
          </Button>
        </>
      }
    >
      <p>{t("closeText")}</p>
    </Dialog>
  );
}

/** An address with something unusual is shown whole, with what is unusual about it, before it is opened. */
export function ConfirmLink({ href, onClose }: { href: string; onClose: () => void }) {
  const t = useTexts(texts);
  const open = () => {
    window.open(href, "_blank", "noopener,noreferrer");
    onClose();
  };
  return (
    <Dialog
      title={t("linkTitle")}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose} data-autofocus="">
            {t("cancel")}
          </Button>
          <Button kind="primary" onClick={open}>
            {t("linkOpen")}
          </Button>
        </>
      }
    >
      <p>{t("linkText")}</p>
      <ul className={styles.oddities}>
        {oddities(href).map((oddity) => (
          <li key={oddity}>{t(oddity)}</li>
        ))}
      </ul>
      <p className={styles.host}>{t("linkHost", { host: new URL(href).host })}</p>
      <p className={styles.href}>{href}</p>
    </Dialog>
  );
}
