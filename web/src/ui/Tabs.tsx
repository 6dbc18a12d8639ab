import type { KeyboardEvent, ReactNode } from "react";
import { useId } from "react";
import { classes } from "./classes";
import { inSight } from "./in-sight";
import styles from "./Tabs.module.css";

export interface Tab<Key extends string> {
  key: Key;
  text: ReactNode;
}

interface TabsProps<Key extends string> {
  label: string;
  tabs: readonly Tab<Key>[];
  chosen: Key;
  onChoose: (key: Key) => void;
  children: ReactNode;
  className?: string;
}

/** Tabs over one panel: arrows move, the panel changes at once. */
export function Tabs<Key extends string>({ label, tabs, chosen, onChoose, children, className }: TabsProps<Key>) {
  const id = useId();

  function move(event: KeyboardEvent<HTMLElement>) {
    const at = tabs.findIndex((tab) => tab.key === chosen);
    const steps: Record<string, number> = { ArrowRight: at + 1, ArrowLeft: at - 1 + tabs.length, Home: 0, End: tabs.length - 1 };
    const goal = steps[event.key];
    const tab = goal === undefined ? undefined : tabs[goal % tabs.length];
    if (tab === undefined) return;
    event.preventDefault();
    onChoose(tab.key);
    document.getElementById(`${id}-${tab.key}`)?.focus();
  }

  return (
    <>
      <div role="tablist" aria-label={label} className={styles.tabs} onKeyDown={move}>
        {tabs.map((tab) => (
          <button
            key={tab.key}
            id={`${id}-${tab.key}`}
            type="button"
            role="tab"
            aria-selected={tab.key === chosen}
            aria-controls={`${id}-panel`}
            tabIndex={tab.key === chosen ? 0 : -1}
            className={styles.tab}
            onClick={() => onChoose(tab.key)}
          >
            {tab.text}
          </button>
        ))}
      </div>
      <div role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${chosen}`} className={className}>
        {children}
      </div>
    </>
  );
}

interface FiltersProps<Key extends string> extends Omit<TabsProps<Key>, "children" | "className"> {
  /** On a phone in one row that scrolls sideways. */
  inOneRow?: boolean;
}

/** The same look for choices that narrow a list: toggle buttons in a group. */
export function Filters<Key extends string>({ label, tabs, chosen, onChoose, inOneRow = false }: FiltersProps<Key>) {
  return (
    <div role="group" aria-label={label} className={classes(styles.tabs, inOneRow && styles.sideways)}>
      {tabs.map((tab) => (
        <button
          key={tab.key}
          ref={tab.key === chosen ? inSight : undefined}
          type="button"
          aria-pressed={tab.key === chosen}
          className={styles.tab}
          // A browser leaves one that is half in sight where it is.
          onFocus={(event) => inSight(event.currentTarget)}
          onClick={() => onChoose(tab.key)}
        >
          {tab.text}
        </button>
      ))}
    </div>
  );
}
