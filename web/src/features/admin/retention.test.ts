import { expect, it } from "vitest";
import type { Retention } from "@/sdk/contract";
import { daysOf, isForsaken, nextRun, spanOf, whole } from "./retention";

const NOW = new Date("2026-11-23T12:00:00Z");
const JOB = { running: false, startedAt: null, finishedAt: null, dueAt: "2026-11-23T11:00:00.000Z" };

function part(of: Partial<Retention>, due = 0): Retention {
  const none = { conversations: 0, messages: 0 };
  const amount = { conversations: due, messages: 10 * due };
  return {
    archiveDays: 30,
    aroundDays: 30,
    runsHere: true,
    everySeconds: 21_600,
    job: JOB,
    kinds: [
      { kind: "care", days: 2557, due: amount, held: none, soon: amount },
      { kind: "mentoring", days: 0, due: none, held: none, soon: none },
    ],
    shredded: [],
    next: null,
    ...of,
  };
}

it("adds up what the server tells call after call", async () => {
  const asked: (string | undefined)[] = [];
  const day = { day: "2026-11-20", kind: "care", conversations: 2 };
  const parts = [part({ next: "1000", shredded: [day] }, 1), part({ next: "2000" }, 2), part({ shredded: [day] }, 4)];
  const seen = await whole(async (after) => {
    asked.push(after);
    return parts[asked.length - 1] as Retention;
  });
  expect(asked).toEqual([undefined, "1000", "2000"]);
  const [care, mentoring] = seen.kinds;
  expect(care).toMatchObject({ due: { conversations: 7, messages: 70 }, soon: { conversations: 7, messages: 70 } });
  expect(mentoring?.due.conversations).toBe(0);
  expect(daysOf(seen.shredded)).toEqual([{ day: "2026-11-20", conversations: 4 }]);
  expect(seen.next).toBeNull();
});

it("puts the kinds of a day together, latest first", () => {
  const shredded = [
    { day: "2026-10-31", kind: "care", conversations: 1 },
    { day: "2026-11-02", kind: "care", conversations: 3 },
    { day: "2026-10-31", kind: "mentoring", conversations: 2 },
  ];
  expect(daysOf(shredded)).toEqual([
    { day: "2026-11-02", conversations: 3 },
    { day: "2026-10-31", conversations: 3 },
  ]);
});

it.each([
  [2557, 7, "year"],
  [2555, 7, "year"],
  [365, 1, "year"],
  [3653, 10, "year"],
  [400, 400, "day"],
  [30, 30, "day"],
])("says %d days as %d %ss", (days, count, unit) => {
  expect(spanOf(days)).toEqual({ count, unit });
});

it.each([
  ["due since an hour", {}, false],
  ["due since a day", { job: { ...JOB, dueAt: "2026-11-22T12:00:00.000Z" } }, true],
  ["at it since a day", { job: { ...JOB, running: true, dueAt: "2026-11-22T12:00:00.000Z" } }, false],
  ["never, on a server that will", { job: null }, false],
  ["never, on one that will not", { job: null, runsHere: false }, true],
])("knows whether nobody does the job: %s", (_, of, forsaken) => {
  expect(isForsaken(part(of), NOW)).toBe(forsaken);
});

it("knows when the next run is, unless it is about to begin", () => {
  const dueAt = "2026-11-23T12:00:01.000Z";
  expect(nextRun(part({ job: { ...JOB, dueAt } }), NOW)).toBe(dueAt);
  expect(nextRun(part({}), NOW)).toBeNull();
  expect(nextRun(part({ job: null }), NOW)).toBeNull();
});
