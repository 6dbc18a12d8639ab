// The emoji that the picker shows, with names in the reader's language. The data are a chunk of their own, from our own
// server, loaded when a picker is opened for the first time.

import type { Language } from "@/i18n";

export interface Emoji {
  unicode: string;
  name: string;
  words: string;
  group: number;
  /** With the five skin tones, where there are some. */
  tones: readonly string[];
}

interface Compact {
  unicode: string;
  label: string;
  tags?: string[];
  group?: number;
  order?: number;
  skins?: { unicode: string }[];
}

const COMPONENTS = 2;
export const GROUPS = [
  { group: 0, sign: "😀" },
  { group: 1, sign: "👋" },
  { group: 3, sign: "🐻" },
  { group: 4, sign: "🍎" },
  { group: 5, sign: "🚗" },
  { group: 6, sign: "⚽" },
  { group: 7, sign: "💡" },
  { group: 8, sign: "❤️" },
  { group: 9, sign: "🏁" },
] as const;

const sources: Record<Language, () => Promise<{ default: unknown }>> = {
  fr: () => import("emojibase-data/fr/compact.json"),
  en: () => import("emojibase-data/en/compact.json"),
};
const names: Record<Language, () => Promise<{ default: unknown }>> = {
  fr: () => import("emojibase-data/fr/messages.json"),
  en: () => import("emojibase-data/en/messages.json"),
};

export interface EmojiData {
  emoji: readonly Emoji[];
  groupName: (group: number) => string;
}

export async function loadEmoji(language: Language): Promise<EmojiData> {
  const [data, messages] = await Promise.all([sources[language](), names[language]()]);
  const groups = (messages.default as { groups: { message: string; order: number }[] }).groups;
  const emoji = (data.default as Compact[])
    .filter((each) => each.group !== undefined && each.group !== COMPONENTS)
    .toSorted((a, b) => (a.order ?? 0) - (b.order ?? 0))
    .map((each) => ({
      unicode: each.unicode,
      name: each.label,
      words: folded([each.label, ...(each.tags ?? [])].join(" ")),
      group: each.group ?? 0,
      tones: each.skins?.length === 5 ? each.skins.map((skin) => skin.unicode) : [],
    }));
  return { emoji, groupName: (group) => groups.find((each) => each.order === group)?.message ?? "" };
}

/** Those with all these words, the ones whose name begins so first. */
export function findEmoji(emoji: readonly Emoji[], query: string): Emoji[] {
  const words = folded(query).split(/\s+/).filter(Boolean);
  if (words.length === 0) return [];
  const fits = emoji.filter((each) => words.every((word) => each.words.startsWith(word) || each.words.includes(` ${word}`)));
  const begins = (each: Emoji) => Number(each.words.startsWith(words[0] ?? ""));
  return fits.toSorted((a, b) => begins(b) - begins(a));
}

export function inTone(emoji: Emoji, tone: number): string {
  return tone === 0 ? emoji.unicode : (emoji.tones[tone - 1] ?? emoji.unicode);
}

/** Without accents, ligatures and case. */
function folded(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replaceAll("œ", "oe").replaceAll("æ", "ae");
}
