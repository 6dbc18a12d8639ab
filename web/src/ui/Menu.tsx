import { Check } from "lucide-react";
import { Fragment, type KeyboardEvent, type ReactNode, useEffect, useId, useLayoutEffect, useRef, useState } from "react";
import { createPortal } from "react-dom";
import { useBackCloses } from "./back";
import { classes } from "./classes";
import { focusedNear, layerOf } from "./layer";
import styles from "./Menu.module.css";

export interface MenuItem {
  text: string;
  icon?: ReactNode;
  onSelect: () => void;
  danger?: boolean;
  disabled?: boolean;
  /** Makes it a choice that is on or off. */
  checked?: boolean;
  /** A line above it. */
  apart?: boolean;
}

export interface MenuTrigger {
  ref: (element: HTMLButtonElement | null) => void;
  "aria-haspopup": "menu";
  "aria-expanded": boolean;
  "aria-controls": string | undefined;
  onClick: () => void;
}

export interface MenuProps {
  label: string;
  items: readonly MenuItem[];
  /** `(trigger) => <IconButton label="…" {...trigger}>` */
  children: (trigger: MenuTrigger) => ReactNode;
}

const EDGE = 8;

/** The menu-button pattern: arrows, Home, End and first letters move, Esc and Tab close, the focus goes back. */
export function Menu({ label, items, children }: MenuProps) {
  const [open, setOpen] = useState(false);
  const [button, setButton] = useState<HTMLButtonElement | null>(null);
  const id = useId();

  function close() {
    setOpen(false);
    button?.focus();
  }

  const trigger: MenuTrigger = {
    ref: setButton,
    "aria-haspopup": "menu",
    "aria-expanded": open,
    "aria-controls": open ? id : undefined,
    onClick: () => setOpen(!open),
  };
  return (
    <span className={styles.anchor}>
      {children(trigger)}
      {open && <MenuList {...{ id, label, items, close }} leave={() => setOpen(false)} button={button} />}
    </span>
  );
}

interface ListProps {
  id: string;
  label: string;
  items: readonly MenuItem[];
  button: HTMLButtonElement | null;
  close: () => void;
  leave: () => void;
}

function MenuList({ id, label, items, button, close, leave }: ListProps) {
  const list = useRef<HTMLDivElement>(null);
  const place = usePlace(list, button);
  usePressOutside(list, button, leave);
  useBackCloses(close);

  function entries() {
    return [...(list.current?.querySelectorAll<HTMLElement>("[role^=menuitem]") ?? [])];
  }

  function move(event: KeyboardEvent) {
    const all = entries();
    const at = all.indexOf(focusedNear(list.current) as HTMLElement);
    if (event.key === "Tab") return leave();
    const goal = goalOf(event.key, at, all);
    if (event.key === "Escape") close();
    else if (goal !== undefined) all[goal]?.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  return createPortal(
    <div ref={list} id={id} role="menu" tabIndex={-1} aria-label={label} className={styles.menu} style={place} onKeyDown={move}>
      {items.map((item) => (
        <Fragment key={item.text}>
          {item.apart && <hr className={styles.line} />}
          <Entry item={item} close={close} />
        </Fragment>
      ))}
    </div>,
    layerOf(button),
  );
}

function Entry({ item, close }: { item: MenuItem; close: () => void }) {
  return (
    <button
      type="button"
      role={item.checked === undefined ? "menuitem" : "menuitemcheckbox"}
      aria-checked={item.checked}
      aria-disabled={item.disabled || undefined}
      tabIndex={-1}
      className={classes(styles.item, item.danger && styles.danger)}
      onClick={() => {
        if (item.disabled) return;
        close();
        item.onSelect();
      }}
    >
      {item.icon}
      {item.text}
      {item.checked && <Check size={18} className={styles.check} aria-hidden="true" />}
    </button>
  );
}

function goalOf(key: string, at: number, all: readonly HTMLElement[]): number | undefined {
  const count = all.length;
  if (key === "ArrowDown") return (at + 1) % count;
  if (key === "ArrowUp") return (at - 1 + count) % count;
  if (key === "Home") return 0;
  if (key === "End") return count - 1;
  if (key.length !== 1 || key === " ") return undefined;
  const turned = all.map((_, step) => (at + 1 + step) % count);
  return turned.find((index) => all[index]?.textContent?.trim().toLowerCase().startsWith(key.toLowerCase()));
}

/** Below the button, or above it where there is more room; never past an edge of the window. */
function usePlace(list: React.RefObject<HTMLDivElement | null>, button: HTMLButtonElement | null) {
  const [place, setPlace] = useState<{ left: number; top: number }>({ left: 0, top: 0 });
  useLayoutEffect(() => {
    if (list.current === null || button === null) return;
    const from = button.getBoundingClientRect();
    const { width, height } = list.current.getBoundingClientRect();
    const below = from.bottom + 4 + height <= window.innerHeight - EDGE;
    setPlace({
      left: Math.max(EDGE, Math.min(from.right - width, window.innerWidth - width - EDGE)),
      top: below ? from.bottom + 4 : Math.max(EDGE, from.top - 4 - height),
    });
  }, [list, button]);
  useEffect(() => {
    list.current?.querySelector<HTMLElement>("[role^=menuitem]")?.focus();
  }, [list]);
  return place;
}

function usePressOutside(list: React.RefObject<HTMLDivElement | null>, button: HTMLButtonElement | null, leave: () => void) {
  useEffect(() => {
    function pressed(event: Event) {
      // Its way, since to the document the target is the host of the shadow tree.
      const way = event.composedPath();
      if (![list.current, button].some((element) => element !== null && way.includes(element))) leave();
    }
    document.addEventListener("pointerdown", pressed);
    window.addEventListener("resize", leave);
    return () => {
      document.removeEventListener("pointerdown", pressed);
      window.removeEventListener("resize", leave);
    };
  });
}
