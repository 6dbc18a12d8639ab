import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const sheet = readFileSync(new URL("./tokens.css", import.meta.url), "utf8");

function tokens(selector: string): Record<string, string> {
  const block = sheet.slice(sheet.indexOf(selector)).split("}")[0] ?? "";
  return Object.fromEntries([...block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name, value]) => [name, value]));
}

const light = tokens(":root {");
const themes = { light, dark: { ...light, ...tokens(':root[data-theme="dark"] {') } };

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5]
    .map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [dim = 0, bright = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (bright + 0.05) / (dim + 0.05);
}

const GROUNDS = ["ground", "surface", "raised", "sunken", "hover"];
const TONES = ["danger", "warn", "info", "ok", "accent"];
const ROLES = ["patient", "medecin", "mentor", "member", "admin"];
const TEXTS: [string, string][] = [
  ...GROUNDS.flatMap((ground): [string, string][] => [["text", ground], ["quiet", ground], ["accent-text", ground], ["danger-text", ground]]),
  ...TONES.map((tone): [string, string] => [`${tone}-text`, `${tone}-soft`]),
  ...ROLES.map((role): [string, string] => [`on-tint-${role}`, `tint-${role}`]),
  ["on-accent", "accent"],
  ["on-accent", "accent-hover"],
  ["on-danger", "danger"],
  ["on-danger", "danger-hover"],
  ["text", "accent-soft"],
  ["quiet", "accent-soft"],
  ["on-mine", "mine"],
  ["quiet-on-mine", "mine"],
  ["on-theirs", "theirs"],
  ["quiet-on-theirs", "theirs"],
  ["tick-read", "mine"],
  ["on-mark", "mark"],
  ["surface", "quiet"],
  ["ground", "text"],
];
const SEEN: [string, string][] = [
  ...GROUNDS.map((ground): [string, string] => ["line-strong", ground]),
  ...GROUNDS.map((ground): [string, string] => ["focus", ground]),
  ["online", "surface"],
  ["accent", "surface"],
  ["focus", "mine"],
];

describe.each(Object.entries(themes))("the %s theme", (_, theme) => {
  it.each([...TEXTS.map(([front, ground]) => [front, ground, 4.5] as const), ...SEEN.map(([front, ground]) => [front, ground, 3] as const)])(
    "%s on %s has a contrast of at least %d",
    (front, ground, least) => {
      expect(contrast(theme[front] ?? "#000000", theme[ground] ?? "#000000")).toBeGreaterThanOrEqual(least);
    },
  );
});
