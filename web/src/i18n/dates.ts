// Times as people say them, by calendar day in the reader's zone: "14:05" today, "Hier", "03/11" before that.

import { type Language, language } from "./language";

const DAY = 86_400_000;

/** For lists. */
export function shortTime(iso: string, spoken: Language = language.get(), now = new Date()): string {
  const at = new Date(iso);
  const days = daysBetween(at, now);
  if (days <= 0) return clockTime(iso);
  if (days === 1) return capital(relativeDay(spoken, -1));
  const day = `${two(at.getDate())}/${two(at.getMonth() + 1)}`;
  return days < 300 ? day : `${day}/${at.getFullYear()}`;
}

export function clockTime(iso: string): string {
  const at = new Date(iso);
  return `${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** For separators: "Aujourd’hui", "Hier", "Lundi 3 novembre". */
export function dayLabel(iso: string, spoken: Language = language.get(), now = new Date()): string {
  const at = new Date(iso);
  const days = daysBetween(at, now);
  if (days === 0 || days === 1) return capital(relativeDay(spoken, -days));
  const year = at.getFullYear() === now.getFullYear() ? undefined : "numeric";
  return capital(format(spoken, { weekday: "long", day: "numeric", month: "long", year }).format(at));
}

/** For tables and details: "3 novembre 2026 à 14:05". */
export function fullTime(iso: string, spoken: Language = language.get()): string {
  return format(spoken, { dateStyle: "long", timeStyle: "short" }).format(new Date(iso));
}

/** For registers: "3 nov. 2026". */
export function shortDate(iso: string, spoken: Language = language.get()): string {
  return format(spoken, { dateStyle: "medium" }).format(new Date(iso));
}

/** Equal for two times of one calendar day here. */
export function dayKey(iso: string): string {
  const at = new Date(iso);
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

/** "il y a 5 minutes"; from a day on, the short time. */
export function ago(iso: string, spoken: Language = language.get(), now = new Date()): string {
  const minutes = Math.round((now.getTime() - new Date(iso).getTime()) / 60_000);
  const relative = new Intl.RelativeTimeFormat(spoken, { numeric: "auto" });
  if (minutes < 1) return spoken === "fr" ? "à l’instant" : "just now";
  if (minutes < 60) return relative.format(-Math.max(minutes, 0), "minute");
  if (minutes < 24 * 60) return relative.format(-Math.round(minutes / 60), "hour");
  return shortTime(iso, spoken, now);
}

/** Milliseconds until the calendar's next day begins, when "Today" is no longer true. */
export function untilMidnight(now = new Date()): number {
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1).getTime() - now.getTime();
}

/** "0:07", "12:30": of a voice message. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  return `${Math.floor(whole / 60)}:${two(whole % 60)}`;
}

function daysBetween(at: Date, now: Date): number {
  const midnight = (date: Date) => Date.UTC(date.getFullYear(), date.getMonth(), date.getDate());
  return (midnight(now) - midnight(at)) / DAY;
}

function relativeDay(spoken: Language, days: number): string {
  return new Intl.RelativeTimeFormat(spoken, { numeric: "auto" }).format(days, "day");
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Making one costs a thousand times what using it does. */
function format(spoken: Language, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${spoken} ${JSON.stringify(options)}`;
  let made = formats.get(key);
  if (made === undefined) {
    made = new Intl.DateTimeFormat(spoken === "en" ? "en-GB" : "fr-FR", options);
    formats.set(key, made);
  }
  return made;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function two(number: number): string {
  return String(number).padStart(2, "0");
}
