// @vitest-environment happy-dom
import { expect, it } from "vitest";
import { findEmoji, GROUPS, inTone, loadEmoji } from "./data";

it("finds emoji by words in the reader's language, without accents", async () => {
  const french = await loadEmoji("fr");
  expect(findEmoji(french.emoji, "ecole").map((each) => each.unicode)).toContain("🏫");
  expect(findEmoji(french.emoji, "COEUR rouge")[0]?.unicode).toMatch(/^❤/);
  const english = await loadEmoji("en");
  expect(findEmoji(english.emoji, "waving hand")[0]?.unicode).toBe("👋");
  expect(findEmoji(english.emoji, "zzzz")).toEqual([]);
  expect(findEmoji(english.emoji, "  ")).toEqual([]);
});

it("has every group named and filled, and no parts of emoji", async () => {
  const { emoji, groupName } = await loadEmoji("fr");
  for (const { group } of GROUPS) {
    expect(groupName(group)).not.toBe("");
    expect(emoji.some((each) => each.group === group)).toBe(true);
  }
  expect(emoji.length).toBeGreaterThan(1800);
  expect(emoji.some((each) => each.group === 2)).toBe(false);
});

it("gives skin tones where there are some", async () => {
  const { emoji } = await loadEmoji("en");
  const hand = emoji.find((each) => each.unicode === "👋");
  const cat = emoji.find((each) => each.unicode === "🐱");
  expect(hand && inTone(hand, 3)).toBe("👋🏽");
  expect(hand && inTone(hand, 0)).toBe("👋");
  expect(cat && inTone(cat, 3)).toBe("🐱");
});
