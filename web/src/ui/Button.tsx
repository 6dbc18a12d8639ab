import type { ComponentProps, ReactNode } from "react";
import styles from "./Button.module.css";
import { classes } from "./classes";
import { Spinner } from "./Spinner";

export type ButtonKind = "primary" | "secondary" | "quiet" | "danger";

export interface ButtonProps extends ComponentProps<"button"> {
  kind?: ButtonKind;
  /** Shown before the text; the text says it already. */
  icon?: ReactNode;
  busy?: boolean;
  large?: boolean;
  wide?: boolean;
}

export function Button({ kind = "secondary", icon, busy = false, large, wide, className, children, ...rest }: ButtonProps) {
  const look = classes(styles.button, styles[kind], large && styles.large, wide && styles.wide, className);
  return (
    <button type="button" {...rest} className={look} aria-busy={busy || undefined} disabled={busy || rest.disabled}>
      {busy ? <Spinner /> : icon}
      {children}
    </button>
  );
}

export interface IconButtonProps extends Omit<ComponentProps<"button">, "aria-label"> {
  /** Its name for screen readers, and the tip under the mouse. */
  label: string;
  primary?: boolean;
}

/** A round button that shows an icon only. */
export function IconButton({ label, primary, className, children, ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      title={label}
      {...rest}
      aria-label={label}
      className={classes(styles.icon, primary && styles.primary, className)}
    >
      {children}
    </button>
  );
}
