import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { watchHands } from "./quietMoment";

const page = new EventTarget();
const then = vi.fn<() => void>();
const happens = (...names: string[]) => names.forEach((name) => page.dispatchEvent(new Event(name)));

beforeEach(() => {
  vi.useFakeTimers();
  then.mockClear();
});
afterEach(() => vi.useRealTimers());

test("it comes once, when the hands rest", () => {
  watchHands(page).whenQuiet(then);
  vi.advanceTimersByTime(1400);
  happens("keydown");
  vi.advanceTimersByTime(1400);
  expect(then).not.toHaveBeenCalled();
  vi.advanceTimersByTime(200);
  happens("keydown");
  vi.advanceTimersByTime(5000);
  expect(then).toHaveBeenCalledTimes(1);
});

test("never while something is held down, whatever is typed beside, and though it was pressed before", () => {
  const hands = watchHands(page);
  happens("pointerdown");
  hands.whenQuiet(then);
  happens("keydown");
  vi.advanceTimersByTime(60_000);
  expect(then).not.toHaveBeenCalled();
  happens("pointerup");
  vi.advanceTimersByTime(1500);
  expect(then).toHaveBeenCalledTimes(1);
});

test("a finger that begins to scroll holds nothing any more", () => {
  watchHands(page).whenQuiet(then);
  happens("pointerdown", "pointercancel");
  vi.advanceTimersByTime(1500);
  expect(then).toHaveBeenCalledTimes(1);
});

test("who leaves hears nothing", () => {
  const hands = watchHands(page);
  hands.whenQuiet(then);
  hands.leave();
  happens("pointerup");
  vi.advanceTimersByTime(60_000);
  expect(then).not.toHaveBeenCalled();
});
