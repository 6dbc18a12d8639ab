import { dictionary } from "@/i18n";
import { readingEn, readingFr } from "./texts.reading";
import { writingEn, writingFr } from "./texts.writing";

export const texts = dictionary({ fr: { ...readingFr, ...writingFr }, en: { ...readingEn, ...writingEn } });
