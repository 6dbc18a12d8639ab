// What the sources promise as a whole.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

type Text = string | { one: string; other: string };
type Both = { fr: Record<string, Text>; en: Record<string, Text> };

const FOLDER = import.meta.dirname;
const NAMES = readdirSync(FOLDER, { recursive: true, encoding: "utf-8" }).filter((name) => /\.tsx?$/.test(name) && !/\.test\.tsx?$/.test(name));
const SOURCES = new Map(NAMES.map((name) => [name, readFileSync(join(FOLDER, name), "utf8")]));
const modules = import.meta.glob<Record<string, unknown>>(["./**/*texts*.ts", "./**/texts/*.ts"], { eager: true });

const dictionaries = Object.entries(modules).flatMap(([path, module]) =>
  Object.entries(module).flatMap(([name, value]): [string, Both][] => (isDictionary(value) ? [[`${path} ${name}`, value]] : [])),
);

function isDictionary(value: unknown): value is Both {
  return typeof value === "object" && value !== null && "fr" in value && "en" in value;
}

function placeholders(text: Text | undefined): string[] {
  const forms = typeof text === "string" ? [text] : [text?.one ?? "", text?.other ?? ""];
  return [...new Set(forms.flatMap((form) => form.match(/\{\w+\}/g) ?? []))].toSorted();
}

describe.each(dictionaries)("%s", (_, { fr, en }) => {
  it("says the same in French and in English", () => {
    expect(Object.keys(en).toSorted()).toEqual(Object.keys(fr).toSorted());
    const filled = (texts: Record<string, Text>) => Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, placeholders(text)]));
    expect(filled(en)).toEqual(filled(fr));
  });

  it("has nothing that nobody says", () => {
    const code = [...SOURCES].filter(([name]) => !/(^|\/)texts/.test(name)).map(([, text]) => text).join("\n");
    const said = new Set(Array.from(code.matchAll(/["'`]?\b([\w.]+)\b["'`]?/g), ([, word]) => word));
    const families = Array.from(code.matchAll(/`([\w.]*)\$\{[^}]+\}([\w.]*)`/g), ([, start = "", end = ""]) => [start, end] as const).filter(
      ([start, end]) => start !== "" || end !== "",
    );
    const unsaid = Object.keys(en).filter(
      (key) => !said.has(key) && !code.includes(`"${key}"`) && !families.some(([start, end]) => key.startsWith(start) && key.endsWith(end)),
    );
    // Words of the server that are said as they come: codes with a dot, and these.
    expect(unsaid.filter((key) => !key.includes(".") && key !== "break_glass")).toEqual([]);
  });
});

it("finds the dictionaries", () => {
  expect(dictionaries.length).toBeGreaterThan(10);
});

it("shows nothing as pointed at where there is nothing that points", () => {
  // A finger leaves :hover behind on what it touched last.
  const sheets = readdirSync(FOLDER, { recursive: true, encoding: "utf-8" }).filter((name) => name.endsWith(".css"));
  const outside = sheets.filter((name) => {
    const text = readFileSync(join(FOLDER, name), "utf8");
    return text.replaceAll(/^@media \(hover: hover\) \{\n[^]*?^\}/gm, "").includes(":hover");
  });
  expect(sheets.length).toBeGreaterThan(20);
  expect(outside).toEqual([]);
});

it("makes nothing from markup, but what the server cleaned", () => {
  const made = /innerHTML|InnerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function/;
  expect([...SOURCES].filter(([, text]) => made.test(text)).map(([name]) => name)).toEqual(["features/forum/Markup.tsx"]);
});
