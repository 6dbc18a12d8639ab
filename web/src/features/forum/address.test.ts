import { expect, it } from "vitest";
import { addressOf, CHOICES, wantedIn } from "./address";

it("reads what it wrote, whatever was looked for", () => {
  for (const choice of CHOICES) {
    for (const [q, tag] of [["", ""], ["tension & sel", ""], ["", "c++"], ["what = ?", "sommeil"]] as const) {
      const wanted = { choice, q, tag };
      expect(wantedIn(new URL(addressOf(wanted), "https://host.example").search)).toEqual(wanted);
    }
  }
});

it("is short where nothing is looked for, and knows no order that there is not", () => {
  expect(addressOf({})).toBe("/forum");
  expect(wantedIn("?show=loudest").choice).toBe("activity");
});
