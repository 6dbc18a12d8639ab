import { expect, test } from "vitest";
import { anyOf } from "./any-of";

test("aborts with the first, for its reason", () => {
  const [one, other] = [new AbortController(), new AbortController()];
  const either = anyOf([one.signal, other.signal]);
  expect(either.aborted).toBe(false);
  other.abort("late");
  one.abort("later");
  expect(either.reason).toBe("late");
});

test("is aborted already where one of them is", () => {
  expect(anyOf([AbortSignal.abort("gone"), new AbortController().signal]).reason).toBe("gone");
});
