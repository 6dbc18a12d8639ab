import type { Language } from "@/i18n";

/** Hands something that was fetched with the token to the browser as a download. */
export function saveBlob(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The browser has taken it by the next turn.
  setTimeout(() => URL.revokeObjectURL(url), 0);
}

export function sizeText(bytes: number, language: Language): string {
  const [value, unit] = bytes < 1_000_000 ? ([bytes / 1000, "kilobyte"] as const) : ([bytes / 1_000_000, "megabyte"] as const);
  return new Intl.NumberFormat(language, { style: "unit", unit, maximumFractionDigits: value < 10 ? 1 : 0 }).format(value);
}
