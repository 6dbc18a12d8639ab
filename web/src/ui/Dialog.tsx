import { X } from "lucide-react";
import { type ReactNode, useEffect, useId, useRef } from "react";
import { useTexts } from "@/i18n";
import { IconButton } from "./Button";
import { useBackCloses } from "./back";
import { classes } from "./classes";
import { focusedNear } from "./layer";
import styles from "./Dialog.module.css";
import { uiTexts } from "./texts";

export interface DialogProps {
  title: string;
  /** Esc, the cross, or a press outside; the owner then stops rendering the dialog. */
  onClose: () => void;
  /** Buttons at the foot, the main one last. */
  actions?: ReactNode;
  size?: "small" | "medium" | "wide";
  /** Near the upper edge, for what has a search box on top. */
  top?: boolean;
  children?: ReactNode;
}

/**
 * Modal while it is rendered. The browser's own <dialog> keeps the focus inside and the rest inert; the focus goes back to
 * where it was, or to what is around that when it has gone meanwhile. Inside, `autoFocus` says where to begin.
 */
export function Dialog({ title, onClose, actions, size = "medium", top, children }: DialogProps) {
  const t = useTexts(uiTexts);
  const element = useModal();
  useBackCloses(onClose);
  const id = useId();
  return (
    <dialog
      ref={element}
      aria-labelledby={id}
      className={classes(styles.dialog, size === "wide" && styles.wide, size === "small" && styles.small, top && styles.top)}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onPointerDown={(event) => {
        if (event.target === element.current) onClose();
      }}
    >
      <header className={styles.head}>
        <h2 id={id} className={styles.title}>
          {title}
        </h2>
        <IconButton label={t("close")} onClick={onClose}>
          <X size={20} aria-hidden="true" />
        </IconButton>
      </header>
      <div className={styles.body}>{children}</div>
      {actions && <footer className={styles.actions}>{actions}</footer>}
    </dialog>
  );
}

function useModal() {
  const element = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = element.current;
    if (dialog === null) return;
    const before = wayOut(focusedNear(dialog));
    if (!dialog.open) dialog.showModal();
    dialog.querySelector<HTMLElement>("[data-autofocus]")?.focus();
    return () => {
      dialog.close();
      before.find((place) => place.isConnected)?.focus();
    };
  }, []);
  return element;
}

/** Where the focus can go back to, nearest first: tools of a message or a row are only there as long as somebody is near. */
function wayOut(from: Element | null): HTMLElement[] {
  const places: HTMLElement[] = from instanceof HTMLElement ? [from] : [];
  for (let around = from?.parentElement?.closest<HTMLElement>("[tabindex]"); around != null; around = around.parentElement?.closest("[tabindex]")) {
    places.push(around);
  }
  return places;
}
