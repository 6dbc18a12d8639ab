import { expect, test, vi } from "vitest";
import { anyOf } from "./any-of";

test("aborts with the first, for its reason", () => {
  const [one, other] = [new AbortController(), new AbortController()];
  const either = anyOf([one.signal, other.signal]).signal;
  expect(either.aborted).toBe(false);
  other.abort("late");
  one.abort("later");
  expect(either.reason).toBe("late");
});

test("is aborted already where one of them is", () => {
  expect(anyOf([AbortSignal.abort("gone"), new AbortController().signal]).signal.reason).toBe("gone");
});

test("lets go of all of them when it is released, and when one has said it", () => {
  for (const end of ["release", "abort"]) {
    const [page, call] = [new AbortController(), new AbortController()];
    const listening = vi.spyOn(page.signal, "addEventListener");
    const { signal, release } = anyOf([page.signal, call.signal]);
    if (end === "release") release();
    else call.abort();
    // What it listened with is over, so that the page's signal keeps nothing of it.
    expect(listening.mock.calls.map(([, , options]) => (options as AddEventListenerOptions).signal?.aborted)).toEqual([true]);
    page.abort();
    expect(signal.aborted).toBe(end === "abort");
  }
});
