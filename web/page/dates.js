// Times as people say them: "14:05" today, "Yesterday", "03/11" before that.

const DAY = 86_400_000;

export function shortTime(iso, language, now = new Date()) {
  const at = new Date(iso);
  const days = daysBetween(at, now);
  if (days <= 0) return clockTime(iso);
  if (days === 1) return capital(relativeDay(language, -1));
  return days < 300 ? `${two(at.getDate())}/${two(at.getMonth() + 1)}` : fullDate(at);
}

export function clockTime(iso) {
  const at = new Date(iso);
  return `${two(at.getHours())}:${two(at.getMinutes())}`;
}

export function dayLabel(iso, language, now = new Date()) {
  const at = new Date(iso);
  const days = daysBetween(at, now);
  if (days === 0 || days === 1) return capital(relativeDay(language, -days));
  const year = at.getFullYear() === now.getFullYear() ? undefined : "numeric";
  return capital(new Intl.DateTimeFormat(language, { weekday: "long", day: "numeric", month: "long", year }).format(at));
}

export function dayKey(iso) {
  const at = new Date(iso);
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

function daysBetween(at, now) {
  const midnight = (date) => Date.UTC(date.getFullYear(), date.getMonth(), date.getDate());
  return (midnight(now) - midnight(at)) / DAY;
}

function relativeDay(language, days) {
  return new Intl.RelativeTimeFormat(language, { numeric: "auto" }).format(days, "day");
}

function fullDate(at) {
  return `${two(at.getDate())}/${two(at.getMonth() + 1)}/${at.getFullYear()}`;
}

function capital(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function two(number) {
  return String(number).padStart(2, "0");
}
