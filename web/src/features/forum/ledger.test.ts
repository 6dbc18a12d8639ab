import { expect, it } from "vitest";
import { lineOf } from "./ledger";

it.each([
  ["answer_upvoted", 10, false, "+10"],
  ["answer_upvoted", -10, true, "−10"],
  ["downvoted", -2, false, "−2"],
  ["downvoted", 2, true, "+2"],
  ["accepting", 0, false, "0"],
] as const)("says %s of %d", (kind, amount, isUndone, text) => {
  expect(lineOf({ kind, amount })).toEqual({ kind, isUndone, amount: text });
});
