import { expect, it } from "vitest";
import { troubleWith } from "./picture";

it.each([
  ["image/jpeg", 1_000, null],
  ["image/png", 10_000, null],
  ["image/gif", 1_000, "badType"],
  ["application/pdf", 1_000, "badType"],
  ["", 1_000, "badType"],
  ["image/png", 0, "emptyFile"],
  ["image/png", 10_001, "tooBig"],
])("judges %s of %d bytes", (type, size, trouble) => {
  expect(troubleWith({ type, size }, 10_000)).toBe(trouble);
});

it("knows a limit of nothing", () => {
  expect(troubleWith({ type: "image/png", size: 1e9 }, 0)).toBeNull();
});
