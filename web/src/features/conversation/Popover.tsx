import { type ReactNode, useLayoutEffect, useRef } from "react";
import { createPortal } from "react-dom";
import { focusedNear, layerOf, useBackCloses } from "@/ui";
import styles from "./Popover.module.css";

interface Props {
  label: string;
  /** What it belongs to; the focus goes back there. */
  anchor: HTMLElement;
  onClose: () => void;
  children: ReactNode;
}

const EDGE = 8;
/** Firefox has the top layer for it since April 2024. */
const HAS_LAYER = "showPopover" in HTMLElement.prototype;

/** A small box in the browser's top layer: a press outside or Esc closes it. `data-autofocus` says where to begin. */
export function Popover({ label, anchor, onClose, children }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const close = useRef(onClose);
  close.current = onClose;
  const gone = useBackCloses(onClose);

  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    if (HAS_LAYER) element.showPopover();
    place(element, anchor);
    const watch = new ResizeObserver(() => place(element, anchor));
    watch.observe(element);
    element.querySelector<HTMLElement>("[data-autofocus]")?.focus();
    const toggled = (event: Event) => {
      if ((event as ToggleEvent).newState === "closed") close.current();
    };
    const listening = HAS_LAYER ? null : closeByHand(element, () => close.current());
    element.addEventListener("toggle", toggled);
    // The browser tells of `toggle` when it finds the time. Whoever goes back before has nothing open, and means the page.
    const toggles = (event: Event) => {
      if ((event as ToggleEvent).newState === "closed") gone();
    };
    element.addEventListener("beforetoggle", toggles);
    return () => {
      watch.disconnect();
      listening?.abort();
      element.removeEventListener("toggle", toggled);
      element.removeEventListener("beforetoggle", toggles);
      const hadFocus = element.contains(focusedNear(element)) || document.activeElement === document.body;
      if (HAS_LAYER && element.matches(":popover-open")) element.hidePopover();
      if (hadFocus) anchor.focus({ preventScroll: true });
    };
  }, [anchor, gone]);

  return createPortal(
    <div ref={box} {...(HAS_LAYER && { popover: "auto" as const })} role="dialog" aria-label={label} className={styles.box}>
      {children}
    </div>,
    layerOf(anchor),
  );
}

/** What the browser does by itself where it has the top layer. */
function closeByHand(element: HTMLElement, close: () => void): AbortController {
  const listening = new AbortController();
  const { signal } = listening;
  document.addEventListener("pointerdown", (event) => !event.composedPath().includes(element) && close(), { signal });
  element.addEventListener("keydown", (event) => event.key === "Escape" && (event.preventDefault(), close()), { signal });
  return listening;
}

/** Above what it belongs to, below it where there is more room; always whole on the screen. */
function place(element: HTMLElement, anchor: HTMLElement): void {
  const to = anchor.getBoundingClientRect();
  const { width, height } = element.getBoundingClientRect();
  const { innerWidth, innerHeight } = window;
  const above = to.top - height - EDGE;
  const top = above >= EDGE ? above : Math.min(to.bottom + EDGE, innerHeight - height - EDGE);
  const left = Math.min(Math.max(EDGE, to.left + to.width / 2 - width / 2), innerWidth - width - EDGE);
  element.style.setProperty("top", `${Math.max(EDGE, top)}px`);
  element.style.setProperty("left", `${Math.max(EDGE, left)}px`);
}
