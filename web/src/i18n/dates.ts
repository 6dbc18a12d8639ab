// Times as people say them, by calendar days of the reader's time zone: "14:05" today, "Hier", "03/11" before that.

import type { Language } from "@/sdk/types";

const DAY = 86_400_000;
const WITHOUT_YEAR = 300;

export function shortTime(iso: string, language: Language, now = new Date()): string {
  const at = new Date(iso);
  const days = daysBetween(at, now);
  if (days <= 0) return clockTime(iso);
  if (days === 1) return capital(relativeDay(language, -1));
  const day = `${two(at.getDate())}/${two(at.getMonth() + 1)}`;
  return days < WITHOUT_YEAR ? day : `${day}/${at.getFullYear()}`;
}

export function clockTime(iso: string): string {
  const at = new Date(iso);
  return `${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** Of a separator: "Aujourd’hui", "Hier", "Lundi 3 novembre". */
export function dayLabel(iso: string, language: Language, now = new Date()): string {
  const at = new Date(iso);
  const days = daysBetween(at, now);
  if (days === 0 || days === 1) return capital(relativeDay(language, -days));
  const year = at.getFullYear() === now.getFullYear() ? {} : { year: "numeric" as const };
  return capital(format(language, { weekday: "long", day: "numeric", month: "long", ...year }, at));
}

/** "3 novembre 2026, 14:05" */
export function fullTime(iso: string, language: Language): string {
  const at = new Date(iso);
  return `${format(language, { day: "numeric", month: "long", year: "numeric" }, at)}, ${clockTime(iso)}`;
}

/** Equal for times of the same calendar day. */
export function dayKey(iso: string): string {
  const at = new Date(iso);
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

function daysBetween(at: Date, now: Date): number {
  const midnight = (date: Date) => Date.UTC(date.getFullYear(), date.getMonth(), date.getDate());
  return (midnight(now) - midnight(at)) / DAY;
}

const relatives = new Map<Language, Intl.RelativeTimeFormat>();

function relativeDay(language: Language, days: number): string {
  let made = relatives.get(language);
  if (made === undefined) relatives.set(language, (made = new Intl.RelativeTimeFormat(language, { numeric: "auto" })));
  return made.format(days, "day");
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Making one takes longer than a hundred uses of it. */
function format(language: Language, options: Intl.DateTimeFormatOptions, at: Date): string {
  const key = language + JSON.stringify(options);
  let made = formats.get(key);
  if (made === undefined) formats.set(key, (made = new Intl.DateTimeFormat(language, options)));
  return made.format(at);
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function two(number: number): string {
  return String(number).padStart(2, "0");
}
