// Each feature has its texts beside it, in both languages, and so they come with its chunk. The compiler holds them
// together: a key that lacks in one language, a wrong key and a missing {placeholder} do not build.

import { useCallback } from "react";
import type { Language } from "@/sdk/types";
import { useLanguage } from "./language";

type Names<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}` ? Name | Names<Rest> : never;
type Params<Text extends string> = [Names<Text>] extends [never] ? [] : [params: { [name in Names<Text>]: string | number }];

export interface Texts<French extends Record<string, string>> {
  fr: French;
  en: { readonly [key in keyof French]: string };
}

export type Translate<French extends Record<string, string>> = <Key extends keyof French & string>(
  key: Key,
  ...params: Params<French[Key]>
) => string;

/** `counted(t, "unread", 3)` says `unread.one` or `unread.other` as the language counts; both have {count}. */
export function defineTexts<const French extends Record<string, string>>(
  fr: French,
  en: { readonly [key in keyof French]: string },
): Texts<French> {
  return { fr, en };
}

export function translate<French extends Record<string, string>>(texts: Texts<French>, language: Language): Translate<French> {
  const said: Record<string, string> = texts[language];
  return (key, ...[params]) => fill(said[key] ?? key, params);
}

/** In the language chosen; the component renders again when another one is. */
export function useTexts<French extends Record<string, string>>(texts: Texts<French>): Translate<French> {
  const language = useLanguage();
  // eslint-disable-next-line react/exhaustive-deps -- what is depended on is what `translate` is given
  return useCallback(translate(texts, language), [texts, language]);
}

type Countable<French> = keyof { [key in keyof French as key extends `${infer Base}.other` ? Base : never]: true } & string;

export function counted<French extends Record<string, string>>(
  texts: Texts<French>,
  language: Language,
  key: Countable<French>,
  count: number,
): string {
  const said: Record<string, string> = texts[language];
  const form = new Intl.PluralRules(language).select(count);
  return fill(said[`${key}.${form}`] ?? said[`${key}.other`] ?? key, { count });
}

function fill(text: string, params: Record<string, string | number> | undefined): string {
  if (params === undefined) return text;
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(params[name] ?? whole));
}
