// @vitest-environment happy-dom
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { countries, languages } from "./countries";

it("offers the countries that the server takes", () => {
  const source = readFileSync(join(import.meta.dirname, "../../../../services/countries.py"), "utf8");
  const taken = [...source.matchAll(/\b[A-Z]{2}\b/g)].map(([code]) => code);
  const offered = countries("fr").map(({ code }) => code);
  expect(offered.toSorted()).toEqual(taken.toSorted());
});

it("names them in the reader's language and alphabet", () => {
  const names = countries("fr").map(({ name }) => name);
  expect(names).toContain("Allemagne");
  expect(names.indexOf("Égypte")).toBeLessThan(names.indexOf("France"));
  expect(languages("en").find(({ code }) => code === "fr")?.name).toBe("French");
  expect(languages("fr", ["oc"]).map(({ code }) => code)).toContain("oc");
});
