import { expect, it } from "vitest";
import { tagsOf } from "./tags";

it("takes tags as people write them, each once", () => {
  expect(tagsOf(" Sommeil, douleur;sommeil  #fatigue ")).toEqual(["sommeil", "douleur", "fatigue"]);
  expect(tagsOf("c++ c#")).toEqual(["c++", "c#"]);
  expect(tagsOf(" ,; ")).toEqual([]);
});
