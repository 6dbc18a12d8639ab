import { expect, it } from "vitest";
import { HEIGHT, pointsOf, SHOWN, topOf, WIDTH } from "./curve";

it.each([
  [[], 1],
  [[0, 0], 1],
  [[1, 2], 2],
  [[3], 5],
  [[7, 10], 10],
  [[11], 20],
  [[499, 500], 500],
  [[501], 1_000],
])("%j fits under %d", (values, top) => {
  expect(topOf(values)).toBe(top);
});

it("draws the latest value at the right edge, and the oldest of a full window at the left", () => {
  expect(pointsOf([0, 5, 10], 10).at(-1)).toEqual([WIDTH, 0]);
  expect(pointsOf(Array.from({ length: SHOWN }, () => 0), 10)[0]).toEqual([0, HEIGHT]);
});
