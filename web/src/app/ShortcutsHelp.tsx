import { useSyncExternalStore } from "react";
import { dictionary, useTexts } from "@/i18n";
import { Check, Dialog } from "@/ui";
import styles from "./ShortcutsHelp.module.css";
import { allowSingleKeys, singleKeys } from "./shortcuts";

const texts = dictionary({
  fr: {
    title: "Raccourcis clavier",
    switcher: "Aller à une conversation",
    next: "Conversation suivante ou précédente",
    rows: "Dans la liste : se déplacer",
    fresh: "Nouvelle conversation",
    search: "Chercher une conversation",
    help: "Cette aide",
    send: "Envoyer le message",
    line: "Aller à la ligne",
    edit: "Modifier votre dernier message",
    leave: "Fermer, annuler",
    single: "Raccourcis d’une seule touche",
    singleHint: "À désactiver si vous dictez vos textes ou appuyez parfois sans le vouloir.",
  },
  en: {
    title: "Keyboard shortcuts",
    switcher: "Go to a conversation",
    next: "Next or previous conversation",
    rows: "In the list: move",
    fresh: "New conversation",
    search: "Search a conversation",
    help: "This help",
    send: "Send the message",
    line: "New line",
    edit: "Edit your last message",
    leave: "Close, cancel",
    single: "Shortcuts of a single key",
    singleHint: "Switch them off if you dictate or press keys by accident.",
  },
});

const IS_MAC = /Mac|iPhone|iPad/.test(navigator.platform);
const KEYS = [
  ["switcher", IS_MAC ? "⌘ K" : "Ctrl K"],
  ["next", "Alt ↓ ↑"],
  ["rows", "↓ ↑"],
  ["fresh", "N"],
  ["search", "/"],
  ["send", "Enter"],
  ["line", "Shift Enter"],
  ["edit", "↑"],
  ["leave", "Esc"],
  ["help", "?"],
] as const;

export function ShortcutsHelp({ close }: { close: () => void }) {
  const t = useTexts(texts);
  const single = useSyncExternalStore(singleKeys.subscribe, singleKeys.get);
  return (
    <Dialog title={t("title")} onClose={close}>
      <dl className={styles.keys}>
        {KEYS.map(([key, keys]) => (
          <div key={key} className={styles.key}>
            <dt>{t(key)}</dt>
            <dd>
              {keys.split(" ").map((one) => (
                <kbd key={one}>{one}</kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
      <Check
        label={t("single")}
        hint={t("singleHint")}
        checked={single}
        onChange={(event) => allowSingleKeys(event.target.checked)}
      />
    </Dialog>
  );
}
