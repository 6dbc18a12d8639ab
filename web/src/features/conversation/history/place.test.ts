import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Heights, type Row } from "./heights";
import { Viewport } from "./place";

const rows = (from: number, to: number, estimate = 50): Row[] =>
  Array.from({ length: to - from }, (_, index) => ({ key: `m${from + index}`, estimate }));

function open(count: number) {
  const heights = new Heights();
  heights.setRows(rows(1000, 1000 + count));
  const viewport = new Viewport(heights, 100);
  viewport.resized(500);
  viewport.takeWanted();
  return { heights, viewport };
}

describe("heights", () => {
  it("finds the row at any height as a sum would", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 60 }), fc.integer({ min: 0, max: 20_000 }), (sizes, y) => {
        const heights = new Heights();
        heights.setRows(rows(0, sizes.length));
        sizes.forEach((size, index) => heights.measure(`m${index}`, size));
        let index = 0;
        for (let sum = sizes[0]!; sum <= y && index < sizes.length - 1; sum += sizes[index]!) index += 1;
        expect(heights.at(y)).toBe(index);
        expect(heights.total).toBe(sizes.reduce((sum, size) => sum + size));
      }),
    );
  });

  it("keeps what it measured when rows come before and after", () => {
    const heights = new Heights();
    heights.setRows(rows(10, 20));
    heights.measure("m10", 80);
    heights.setRows(rows(0, 30));
    expect(heights.offset(heights.indexOf("m11", 0)) - heights.offset(heights.indexOf("m10", 0))).toBe(80);
  });
});

describe("a place in the history", () => {
  it("stays at the bottom when the view becomes higher, as when a banner above goes", () => {
    const { viewport } = open(40);
    // The browser moves the element first, and tells of its height later.
    viewport.scrolled(1400, 600);
    expect(viewport.isAtBottom).toBe(true);
    viewport.resized(600);
    expect([viewport.isAtBottom, viewport.takeWanted()]).toEqual([true, null]);
  });

  it("stays at the bottom when what is there becomes lower, as a long message does that is deleted", () => {
    const { heights, viewport } = open(40);
    // The browser moves the element first: it is at its end still, though not at what was measured.
    viewport.scrolled(1300, 500, 0);
    expect(viewport.isAtBottom).toBe(true);
    heights.setRows(rows(1000, 1036));
    viewport.update(true);
    expect([viewport.isAtBottom, viewport.takeWanted()]).toEqual([true, null]);
    // Somebody scrolls away.
    viewport.scrolled(1200, 500, 100);
    expect(viewport.isAtBottom).toBe(false);
  });

  it("begins at the bottom and follows what comes", () => {
    const { heights, viewport } = open(40);
    expect(viewport.scrollTop).toBe(1500);
    heights.setRows(rows(1000, 1041));
    viewport.update(true);
    expect(viewport.takeWanted()).toBe(1550);
  });

  it("stays put when something comes below while one reads", () => {
    const { heights, viewport } = open(40);
    viewport.scrolled(700);
    heights.setRows(rows(1000, 1060));
    viewport.update(true);
    expect(viewport.takeWanted()).toBeNull();
    expect(viewport.isAtBottom).toBe(false);
  });

  it("shows the same row at the same height after older ones came above", () => {
    const { heights, viewport } = open(40);
    viewport.scrolled(120);
    heights.setRows(rows(950, 1040));
    viewport.update(true);
    expect(viewport.takeWanted()).toBe(120 + 50 * 50);
    expect(viewport.place).toEqual({ key: "m1002", within: 20 });
  });

  it("holds on to a message, not to the line of its day, which moves to what comes before", () => {
    const { heights, viewport } = open(40);
    const day: Row = { key: "day", estimate: 40, isLoose: true };
    heights.setRows([day, ...rows(1000, 1040)]);
    viewport.update(true);
    viewport.scrolled(0);
    heights.setRows([day, ...rows(950, 1040)]);
    viewport.update(true);
    expect(viewport.takeWanted()).toBe(50 * 50);
  });

  it("leaves the scroll position alone while somebody scrolls, and repays when they rest", () => {
    const { heights, viewport } = open(200);
    viewport.scrolled(5000);
    const before = viewport.layout();
    heights.measure(heights.keyAt(before.first), 90);
    viewport.update(false);
    expect(viewport.takeWanted()).toBeNull();
    expect(viewport.layout().above).toBe(before.above - 40);
    viewport.update(true);
    expect(viewport.takeWanted()).toBe(5040);
    expect(viewport.layout().above).toBe(before.above);
  });

  it("never moves what one looks at, whatever is measured and whatever comes", () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant("measure" as const), at: fc.nat(300), to: fc.integer({ min: 20, max: 200 }) }),
      fc.record({ kind: fc.constant("older" as const), at: fc.integer({ min: 1, max: 50 }), to: fc.constant(0) }),
      fc.record({ kind: fc.constant("newer" as const), at: fc.integer({ min: 1, max: 50 }), to: fc.constant(0) }),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(step, fc.boolean()), { maxLength: 30 }), fc.integer({ min: 0, max: 9000 }), (steps, start) => {
        const { heights, viewport } = open(200);
        let [from, to] = [1000, 1200];
        viewport.scrolled(start);
        const looked = viewport.place;
        fc.pre(looked !== null);
        for (const [{ kind, at, to: size }, isResting] of steps) {
          // What is cut by the upper edge grows or shrinks below it.
          const key = `m${from + (at % (to - from))}`;
          if (kind === "measure" && key !== looked?.key) heights.measure(key, size);
          if (kind === "older") heights.setRows(rows((from -= at), to));
          if (kind === "newer") heights.setRows(rows(from, (to += at)));
          viewport.update(isResting);
          const { first, above } = viewport.layout();
          const index = heights.indexOf(looked!.key, 0);
          const onScreen = above + heights.offset(index) - heights.offset(first) - viewport.scrollTop;
          expect(onScreen).toBeCloseTo(-looked!.within, 5);
        }
      }),
      { numRuns: 500 },
    );
  });
});
