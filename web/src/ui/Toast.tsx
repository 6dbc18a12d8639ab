import { X } from "lucide-react";
import { useEffect, useSyncExternalStore } from "react";
import { useTexts } from "@/i18n";
import { Store } from "@/i18n/store";
import { uiTexts } from "./texts";
import styles from "./Toast.module.css";

export interface Toast {
  text: string;
  action?: { text: string; run: () => void };
}

const SHOWN_MS = 6_000;
const shown = new Store<{ toast: Toast; number: number } | null>(null);
let count = 0;

/** Says in passing what was done; never the only place of an error that needs an answer. */
export function toast(text: string, action?: Toast["action"]): void {
  count += 1;
  shown.set({ toast: action ? { text, action } : { text }, number: count });
}

/** Rendered once, near the root. */
export function Toasts() {
  const t = useTexts(uiTexts);
  const current = useSyncExternalStore(shown.subscribe, shown.get);
  useEffect(() => {
    if (current === null) return;
    // Who must still read it or reach its button has as long as it takes: an action stays.
    const timer = current.toast.action ? undefined : setTimeout(() => shown.set(null), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [current]);
  return (
    <div className={styles.region} role="status">
      {current && (
        <div key={current.number} className={styles.toast}>
          {current.toast.text}
          {current.toast.action && (
            <button
              type="button"
              className={styles.action}
              onClick={() => {
                shown.set(null);
                current.toast.action?.run();
              }}
            >
              {current.toast.action.text}
            </button>
          )}
          <button type="button" className={styles.close} aria-label={t("close")} onClick={() => shown.set(null)}>
            <X size={18} aria-hidden="true" />
          </button>
        </div>
      )}
    </div>
  );
}
