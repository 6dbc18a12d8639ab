import { expect, it } from "vitest";
import { dictionary, say } from "./dictionary";

const texts = dictionary({
  fr: { refused: "« {name} » : refusé !", left: { one: "Encore {count} ?", other: "Encore {count} ; attendez" } },
  en: { refused: "“{name}” : refused !", left: { one: "{count} left ?", other: "{count} left" } },
});

it("breaks no line before French punctuation, nor inside of its quotes", () => {
  expect(say(texts, "refused", { name: "a b" }, "fr")).toBe("«\u00a0a b\u00a0»\u00a0: refusé\u00a0!");
  expect(say(texts, "left", { count: 1 }, "fr")).toBe("Encore 1\u00a0?");
  expect(say(texts, "left", { count: 3 }, "fr")).toBe("Encore 3\u00a0; attendez");
});

it("leaves English as it is written", () => {
  expect(say(texts, "refused", { name: "a b" }, "en")).toBe("“a b” : refused !");
  expect(say(texts, "left", { count: 1 }, "en")).toBe("1 left ?");
});
