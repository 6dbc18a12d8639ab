import fc from "fast-check";
import { expect, it } from "vitest";
import { differences, type Piece } from "./diff";

const only = (pieces: readonly Piece[], ...kinds: Piece["kind"][]) =>
  pieces.flatMap(({ text, kind }) => (kinds.includes(kind) ? [text] : [])).join("");

it("names what was added and what was removed", () => {
  expect(differences("Take one tablet daily", "Take two tablets daily")).toEqual([
    { text: "Take ", kind: "same" },
    { text: "one tablet ", kind: "removed" },
    { text: "two tablets ", kind: "added" },
    { text: "daily", kind: "same" },
  ]);
  expect(differences("", "new")).toEqual([{ text: "new", kind: "added" }]);
  expect(differences("same text", "same text")).toEqual([{ text: "same text", kind: "same" }]);
});

it("gives both texts back, whatever they are", () => {
  const word = fc.constantFrom("a", "b", "c", " ", "\n", "é", "👩‍⚕️");
  const text = fc.array(word, { maxLength: 30 }).map((words) => words.join(""));
  fc.assert(
    fc.property(text, text, (before, after) => {
      const pieces = differences(before, after);
      expect(only(pieces, "same", "removed")).toBe(before);
      expect(only(pieces, "same", "added")).toBe(after);
    }),
  );
});

it("does not think long about long texts", () => {
  const long = (word: string) => `${word} `.repeat(2_500);
  expect(differences(long("a"), long("b")).map(({ kind }) => kind)).toEqual(["removed", "added"]);
});
