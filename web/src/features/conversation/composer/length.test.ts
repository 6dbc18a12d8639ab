import { expect, it } from "vitest";
import { left, lengthOf, trimmed } from "./length";

it("counts code points without the white space around", () => {
  expect(lengthOf("  é😀\n")).toBe(2);
  expect(trimmed("\ufeff a b \n")).toBe("a b");
});

it.each<[number, number | null]>([
  [100, null],
  [4799, null],
  [4800, 200],
  [5000, 0],
  [5003, -3],
])("of %d characters out of 5000 it says %j", (count, expected) => {
  expect(left("x".repeat(count), 5000)).toBe(expected);
});

it("says nothing without a limit", () => {
  expect(left("x".repeat(9000), 0)).toBeNull();
});
