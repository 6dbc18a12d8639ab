// Times as people say them, by the calendar of the reader's own time zone: "14:05", "Hier", "03/11".

export type Language = "fr" | "en";

const DAY = 86_400_000;
const MONTHS_WITHOUT_YEAR = 300;

/** For a list: the time today, "Yesterday", day and month before that, with the year when that is long ago. */
export function shortTime(iso: string, language: Language, now: Date = new Date()): string {
  const at = new Date(iso);
  const days = daysBetween(at, now);
  if (days <= 0) return clockTime(iso);
  if (days === 1) return capital(relativeDay(language, -1));
  return days < MONTHS_WITHOUT_YEAR ? `${two(at.getDate())}/${two(at.getMonth() + 1)}` : fullDate(at);
}

export function clockTime(iso: string): string {
  const at = new Date(iso);
  return `${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** For the line between two days: "Today", "Yesterday", "Monday, 3 November". */
export function dayLabel(iso: string, language: Language, now: Date = new Date()): string {
  const at = new Date(iso);
  const days = daysBetween(at, now);
  if (days === 0 || days === 1) return capital(relativeDay(language, -days));
  const year = at.getFullYear() === now.getFullYear() ? undefined : ("numeric" as const);
  const locale = language === "en" ? "en-GB" : "fr-FR";
  return capital(new Intl.DateTimeFormat(locale, { weekday: "long", day: "numeric", month: "long", year }).format(at));
}

/** Whole, for what is read once: "Monday, 3 November 2026 at 14:05". */
export function fullTime(iso: string, language: Language): string {
  const locale = language === "en" ? "en-GB" : "fr-FR";
  return capital(new Intl.DateTimeFormat(locale, { dateStyle: "full", timeStyle: "short" }).format(new Date(iso)));
}

/** "il y a 5 minutes", "Yesterday": how long ago somebody was here. */
export function timeAgo(iso: string, language: Language, now: Date = new Date()): string {
  const minutes = Math.max(0, Math.floor((now.getTime() - Date.parse(iso)) / 60_000));
  const format = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  if (minutes < 1) return format.format(0, "second");
  if (minutes < 60) return format.format(-minutes, "minute");
  const days = daysBetween(new Date(iso), now);
  if (days === 0) return format.format(-Math.floor(minutes / 60), "hour");
  return days < 30 ? format.format(-days, "day") : fullDate(new Date(iso));
}

/** Equal for two times of one calendar day of the reader. */
export function dayKey(iso: string): string {
  const at = new Date(iso);
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

/** Until the calendar's next day begins, when "Today" is no longer true. */
export function untilMidnight(now: Date = new Date()): number {
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1).getTime() - now.getTime();
}

/** "0:07", "12:30": of a voice message. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  return `${Math.floor(whole / 60)}:${two(whole % 60)}`;
}

function daysBetween(at: Date, now: Date): number {
  const midnight = (date: Date) => Date.UTC(date.getFullYear(), date.getMonth(), date.getDate());
  return Math.round((midnight(now) - midnight(at)) / DAY);
}

function relativeDay(language: Language, days: number): string {
  return new Intl.RelativeTimeFormat(language, { numeric: "auto" }).format(days, "day");
}

function fullDate(at: Date): string {
  return `${two(at.getDate())}/${two(at.getMonth() + 1)}/${at.getFullYear()}`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function two(number: number): string {
  return String(number).padStart(2, "0");
}
