import { type Language, say } from "@/i18n";
import { texts } from "../texts";

/** "850 o", "2,4 Mo", as the reader's language writes it. */
export function sizeText(bytes: number, spoken: Language): string {
  const [key, unit] =
    bytes < 1000 ? (["bytes", 1] as const) : bytes < 1_000_000 ? (["kilobytes", 1000] as const) : (["megabytes", 1_000_000] as const);
  const number = bytes / unit;
  const count = new Intl.NumberFormat(spoken, { maximumFractionDigits: number < 10 && unit > 1 ? 1 : 0 }).format(number);
  return say(texts, key, { count }, spoken);
}
