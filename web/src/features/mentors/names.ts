// Codes of countries and languages, in words; times of answers, as people say them.

import type { Language, Translate } from "@/i18n";
import type { mentorTexts } from "./texts";

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export function countryName(code: string, spoken: Language): string {
  return new Intl.DisplayNames(spoken, { type: "region" }).of(code) ?? code;
}

export function languageName(code: string, spoken: Language): string {
  return new Intl.DisplayNames(spoken, { type: "language" }).of(code) ?? code;
}

export function answerTime(seconds: number, t: Translate<keyof typeof mentorTexts.fr>): string {
  if (seconds < HOUR) return t("minutes", { count: Math.max(1, Math.round(seconds / MINUTE)) });
  if (seconds < DAY) return t("hours", { count: Math.round(seconds / HOUR) });
  return t("days", { count: Math.round(seconds / DAY) });
}
