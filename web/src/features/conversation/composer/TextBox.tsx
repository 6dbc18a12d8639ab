import { type ComponentProps, type KeyboardEvent, type Ref, useLayoutEffect, useRef } from "react";
import styles from "./Composer.module.css";

interface Props extends Pick<ComponentProps<"textarea">, "placeholder" | "onBlur" | "onPaste" | "aria-describedby" | "aria-invalid"> {
  label: string;
  value: string;
  onText: (text: string) => void;
  /** Enter, without Shift and not while an input method is composing. */
  onEnter: () => void;
  /** ArrowUp in an empty box. */
  onUp: () => void;
  /** Undefined: Esc means nothing here. */
  onEscape: (() => void) | undefined;
  box: Ref<HTMLTextAreaElement>;
}

const MOST_LINES = 6;

/** Grows with what is written, to six lines. */
export function TextBox({ label, value, onText, onEnter, onUp, onEscape, box, ...rest }: Props) {
  const area = useRef<HTMLTextAreaElement>(null);

  useLayoutEffect(() => {
    const element = area.current;
    if (element === null) return;
    element.style.height = "auto";
    const style = getComputedStyle(element);
    const around = Number.parseFloat(style.paddingTop) + Number.parseFloat(style.paddingBottom);
    const highest = Number.parseFloat(style.lineHeight) * MOST_LINES + around;
    element.style.height = `${Math.min(element.scrollHeight, highest)}px`;
    element.style.overflowY = element.scrollHeight > highest + 1 ? "auto" : "hidden";
  }, [value]);

  function pressed(event: KeyboardEvent<HTMLTextAreaElement>) {
    // 229: a key that an input method took, in browsers that do not say isComposing on the last one.
    if (event.nativeEvent.isComposing || event.keyCode === 229) return;
    if (event.key === "Enter" && !event.shiftKey && !event.altKey) onEnter();
    else if (event.key === "ArrowUp" && value === "" && !event.shiftKey && !event.altKey) onUp();
    else if (event.key === "Escape" && onEscape !== undefined) onEscape();
    else return;
    event.preventDefault();
  }

  return (
    <textarea
      {...rest}
      ref={(element) => {
        area.current = element;
        if (typeof box === "function") box(element);
        else if (box !== null) box.current = element;
      }}
      className={styles.text}
      aria-label={label}
      rows={1}
      value={value}
      dir="auto"
      enterKeyHint="send"
      autoCapitalize="sentences"
      onChange={(event) => onText(event.target.value)}
      onKeyDown={pressed}
    />
  );
}
