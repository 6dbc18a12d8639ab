import { expect, it } from "vitest";
import { written } from "@/sdk/history.fixture";
import { inWords, usualReply } from "./replyTime";

const ME = 1;
const HER = 2;
const MINUTE = 60_000;

/** Who, and so many minutes after the one before. */
function talk(...said: [by: number, after: number][]) {
  let at = Date.UTC(2026, 10, 3);
  return said.map(([by, after], index) => Object.assign(written(index + 1, index + 1, { by }), { sentAt: new Date((at += after * MINUTE)).toISOString() }));
}

it("is counted from the first unanswered message to the first answer, and the middle one is told", () => {
  const messages = talk([HER, 0], [ME, 5], [ME, 10], [HER, 20], [HER, 1], [ME, 60], [HER, 300], [ME, 5], [HER, 2]);
  expect(usualReply(messages, ME)).toBe(30 * MINUTE);
});

it("is not told before there were three, and not of what oneself answered", () => {
  expect(usualReply(talk([ME, 0], [HER, 5], [ME, 5], [HER, 5]), ME)).toBeNull();
  expect(usualReply(talk([HER, 0], [ME, 5], [HER, 5], [ME, 5], [HER, 5], [ME, 5]), ME)).toBeNull();
  expect(usualReply([], ME)).toBeNull();
});

it.each([
  [10_000, "replyMinutes", 5],
  [31 * MINUTE, "replyMinutes", 35],
  [3.4 * 60 * MINUTE, "replyHours", 3],
  [48 * 60 * MINUTE, "replyHours", 48],
  [75 * 60 * MINUTE, "replyDays", 3],
] as const)("%d milliseconds are said as %s %d", (milliseconds, unit, count) => {
  expect(inWords(milliseconds)).toEqual({ unit, count });
});
