// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ago, clockTime, dayKey, dayLabel, duration, shortTime, untilMidnight } from "./dates";

const zone = process.env.TZ;
const NOW = new Date("2026-11-03T09:00:00Z");

describe("in Paris", () => {
  beforeEach(() => {
    process.env.TZ = "Europe/Paris";
  });
  afterEach(() => {
    process.env.TZ = zone;
  });

  it("goes by the reader's calendar, not by the server's nor by 24 hours", () => {
    // 23:30 in UTC is half past midnight of the next day in Paris.
    expect(dayKey("2026-11-02T23:30:00.000Z")).toBe("2026-11-03");
    expect(shortTime("2026-11-02T23:30:00.000Z", "fr", NOW)).toBe("00:30");
    expect(shortTime("2026-11-02T22:30:00.000Z", "fr", NOW)).toBe("Hier");
  });

  it.each([
    ["2026-11-03T08:05:00.000Z", "09:05", "09:05"],
    ["2026-11-02T12:00:00.000Z", "Hier", "Yesterday"],
    ["2026-11-01T12:00:00.000Z", "01/11", "01/11"],
    ["2025-10-01T12:00:00.000Z", "01/10/2025", "01/10/2025"],
  ])("says %s as %s", (iso, french, english) => {
    expect(shortTime(iso, "fr", NOW)).toBe(french);
    expect(shortTime(iso, "en", NOW)).toBe(english);
  });

  it("names days", () => {
    expect(dayLabel("2026-11-03T08:00:00.000Z", "fr", NOW)).toBe("Aujourd’hui");
    expect(dayLabel("2026-11-02T08:00:00.000Z", "en", NOW)).toBe("Yesterday");
    expect(dayLabel("2026-10-30T08:00:00.000Z", "fr", NOW)).toBe("Vendredi 30 octobre");
    expect(dayLabel("2024-02-29T08:00:00.000Z", "en", NOW)).toMatch(/^Thursday,? 29 February 2024$/);
  });

  it("counts a day of 25 hours as one", () => {
    const afterTheClockWentBack = new Date("2026-10-26T08:00:00Z");
    expect(shortTime("2026-10-24T22:30:00.000Z", "fr", afterTheClockWentBack)).toBe("Hier");
    expect(untilMidnight(new Date("2026-10-24T22:00:00Z"))).toBe(25 * 3_600_000);
  });

  it("says how long ago", () => {
    expect(ago("2026-11-03T08:59:50.000Z", "fr", NOW)).toBe("à l’instant");
    expect(ago("2026-11-03T08:55:00.000Z", "fr", NOW)).toBe("il y a 5 minutes");
    expect(ago("2026-11-03T07:00:00.000Z", "en", NOW)).toBe("2 hours ago");
    expect(ago("2026-11-02T08:00:00.000Z", "en", NOW)).toBe("Yesterday");
  });
});

it("writes times and durations with two digits", () => {
  expect(clockTime("2026-01-01T00:00:00.000Z")).toMatch(/^\d\d:\d\d$/);
  expect([0, 7.4, 60, 750].map(duration)).toEqual(["0:00", "0:07", "1:00", "12:30"]);
});
