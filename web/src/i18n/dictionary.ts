import { type Language, language, useLanguage } from "./language";

/** One text, or one for a single thing and one for several: `params.count` chooses, as the language's own rules say. */
export type Text = string | { one: string; other: string };
type Shape<Texts> = { [Key in keyof Texts]: Texts[Key] extends string ? string : { one: string; other: string } };
export type Params = Record<string, string | number>;
export type Translate<Key> = (key: Key, params?: Params) => string;
export type Dictionary<Key extends string> = Record<Language, Record<Key, Text>>;

/** The texts of one feature. Both languages must have the same keys: the compiler holds them to it. */
export function dictionary<const Texts extends Record<string, Text>>(both: {
  fr: Texts;
  en: Shape<Texts>;
}): Dictionary<keyof Texts & string> {
  const { fr, en } = both as Dictionary<keyof Texts & string>;
  return { fr: Object.fromEntries(Object.entries<Text>(fr).map(([key, text]) => [key, typeset(text)])) as typeof fr, en };
}

/** French puts a space before : ; ? ! and inside of its quotes, and no line breaks there. */
function typeset(text: Text): Text {
  if (typeof text !== "string") return { one: unbroken(text.one), other: unbroken(text.other) };
  return unbroken(text);
}

function unbroken(text: string): string {
  return text.replace(/ (?=[:;?!»])/g, "\u00a0").replaceAll("« ", "«\u00a0");
}

const plurals: Record<Language, Intl.PluralRules> = { fr: new Intl.PluralRules("fr"), en: new Intl.PluralRules("en") };

export function say<Key extends string>(texts: Dictionary<Key>, key: Key, params: Params = {}, spoken: Language = language.get()): string {
  const text: Text = texts[spoken][key];
  const chosen = typeof text === "string" ? text : text[plurals[spoken].select(Number(params.count)) === "one" ? "one" : "other"];
  return chosen.replace(/\{(\w+)\}/g, (whole, name: string) => String(params[name] ?? whole));
}

/** `const t = useTexts(inboxTexts); t("unread", { count: 3 })` */
export function useTexts<Key extends string>(texts: Dictionary<Key>): Translate<Key> {
  const spoken = useLanguage();
  return (key, params) => say(texts, key, params, spoken);
}
