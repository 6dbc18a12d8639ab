import { ChevronDown } from "lucide-react";
import { type ComponentProps, type ReactNode, useId } from "react";
import { classes } from "./classes";
import styles from "./Field.module.css";
import { Hidden } from "./Hidden";

interface About {
  label: string;
  /** For screen readers only, where the place says it to the eye (a search box). */
  hideLabel?: boolean;
  hint?: string | undefined;
  /** What is wrong with it, said at once. */
  trouble?: string | null | undefined;
}

type Parts = { id: string; "aria-describedby": string | undefined; "aria-invalid": true | undefined };

function Labelled({ label, hideLabel, hint, trouble, children }: About & { children: (parts: Parts) => ReactNode }) {
  const id = useId();
  const about = classes(hint && `${id}-hint`, trouble && `${id}-trouble`);
  return (
    <div className={styles.field}>
      {hideLabel ? (
        <Hidden>
          <label htmlFor={id}>{label}</label>
        </Hidden>
      ) : (
        <label htmlFor={id} className={styles.label}>
          {label}
        </label>
      )}
      {children({ id, "aria-describedby": about || undefined, "aria-invalid": trouble ? true : undefined })}
      {hint && (
        <p id={`${id}-hint`} className={styles.hint}>
          {hint}
        </p>
      )}
      {trouble && (
        <p id={`${id}-trouble`} className={styles.trouble} role="alert">
          {trouble}
        </p>
      )}
    </div>
  );
}

export interface FieldProps extends About, Omit<ComponentProps<"input">, "id"> {
  /** Before the text, an icon; after it, a button. */
  before?: ReactNode;
  after?: ReactNode;
  /** Without a line around it, for search boxes on a plain ground. */
  soft?: boolean;
}

export function Field({ label, hideLabel = false, hint, trouble, before, after, soft, className, ...input }: FieldProps) {
  return (
    <Labelled {...{ label, hideLabel, hint, trouble }}>
      {(parts) => (
        <span className={classes(styles.box, soft && styles.soft, trouble && styles.invalid)}>
          {before}
          <input {...input} {...parts} className={classes(styles.input, className)} />
          {after}
        </span>
      )}
    </Labelled>
  );
}

export interface TextAreaProps extends About, Omit<ComponentProps<"textarea">, "id"> {}

export function TextArea({ label, hideLabel = false, hint, trouble, className, ...area }: TextAreaProps) {
  return (
    <Labelled {...{ label, hideLabel, hint, trouble }}>
      {(parts) => (
        <span className={classes(styles.box, trouble && styles.invalid)}>
          <textarea {...area} {...parts} className={classes(styles.input, styles.area, className)} />
        </span>
      )}
    </Labelled>
  );
}

export interface SelectProps extends About, Omit<ComponentProps<"select">, "id"> {}

export function Select({ label, hideLabel = false, hint, trouble, children, ...select }: SelectProps) {
  return (
    <Labelled {...{ label, hideLabel, hint, trouble }}>
      {(parts) => (
        <span className={styles.box}>
          <select {...select} {...parts} className={styles.select}>
            {children}
          </select>
          <ChevronDown size={18} aria-hidden="true" />
        </span>
      )}
    </Labelled>
  );
}

export interface CheckProps extends Omit<ComponentProps<"input">, "type"> {
  label: string;
  hint?: string;
}

export function Check({ label, hint, ...input }: CheckProps) {
  return (
    <label className={styles.check}>
      <input type="checkbox" {...input} />
      <span>
        {label}
        {hint && <span className={styles.hint}>{hint}</span>}
      </span>
    </label>
  );
}
