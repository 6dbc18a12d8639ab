import { Plus, X } from "lucide-react";
import { type KeyboardEvent, useRef, useState } from "react";
import { useTexts } from "@/i18n";
import { Field, IconButton, Select } from "@/ui";
import type { Choice } from "./countries";
import { withTyped } from "./list";
import styles from "./Mentors.module.css";
import { mentorTexts } from "./texts";

export interface ListFieldProps {
  label: string;
  /** Of what is added. */
  add: string;
  hint?: string;
  values: readonly string[];
  onChange: (values: string[]) => void;
  most: number;
  /** Given: only these can be chosen. */
  choices?: readonly Choice[];
  maxLength?: number;
  trouble?: string | null;
}

/** A short list: what is in it can be taken out, and something be added. */
export function ListField({ label, add, hint, values, onChange, most, choices, maxLength, trouble }: ListFieldProps) {
  const t = useTexts(mentorTexts);
  const isFull = values.length >= most;
  const nameOf = (value: string) => choices?.find(({ code }) => code === value)?.name ?? value;

  const append = (text: string) => onChange(withTyped(values, text, most));

  return (
    <fieldset className={styles.choices}>
      <legend>{label}</legend>
      {values.length > 0 && (
        <ul className={styles.chosen}>
          {values.map((value) => (
            <li key={value}>
              {nameOf(value)}
              <IconButton label={t("takeOut", { value: nameOf(value) })} onClick={() => onChange(values.filter((one) => one !== value))}>
                <X size={16} aria-hidden="true" />
              </IconButton>
            </li>
          ))}
        </ul>
      )}
      {isFull ? (
        <p className={styles.hint}>{t("full", { count: most })}</p>
      ) : choices === undefined ? (
        <Typed label={add} hint={hint} maxLength={maxLength} append={append} trouble={trouble} />
      ) : (
        <Select label={add} hint={hint} value="" onChange={(event) => append(event.target.value)} trouble={trouble}>
          <option value="">{t("choose")}</option>
          {choices
            .filter(({ code }) => !values.includes(code))
            .map(({ code, name }) => (
              <option key={code} value={code}>
                {name}
              </option>
            ))}
        </Select>
      )}
    </fieldset>
  );
}

interface TypedProps {
  label: string;
  hint: string | undefined;
  maxLength: number | undefined;
  append: (text: string) => void;
  trouble: string | null | undefined;
}

function Typed({ label, hint, maxLength, append, trouble }: TypedProps) {
  const t = useTexts(mentorTexts);
  const [text, setText] = useState("");
  const input = useRef<HTMLInputElement>(null);

  function take() {
    if (text.trim() === "") return;
    append(text);
    setText("");
  }

  function pressed(event: KeyboardEvent) {
    if (event.key !== "Enter" || event.nativeEvent.isComposing || text.trim() === "") return;
    // It adds here, and does not send the form.
    event.preventDefault();
    take();
  }

  return (
    <Field
      ref={input}
      label={label}
      hint={hint}
      maxLength={maxLength}
      value={text}
      onChange={(event) => setText(event.target.value)}
      onKeyDown={pressed}
      onBlur={take}
      trouble={trouble}
      after={
        <IconButton
          label={t("addIt")}
          onClick={() => {
            take();
            input.current?.focus();
          }}
        >
          <Plus size={18} aria-hidden="true" />
        </IconButton>
      }
    />
  );
}
