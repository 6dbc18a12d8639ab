import { expect, it } from "vitest";
import { secondsIn, voiceName } from "./length";

it.each([
  [0.2, "voice-0m01s.webm", 1],
  [7.4, "voice-0m07s.webm", 7],
  [59.7, "voice-1m00s.webm", 60],
  [900, "voice-15m00s.webm", 900],
])("a recording of %d seconds is called %s", (seconds, name, told) => {
  expect(voiceName(seconds, "webm")).toBe(name);
  expect(secondsIn(name)).toBe(told);
});

it.each([null, "voice.webm", "visite-12m75s.webm", "0m07s", "my-0m07s-note.ogg.pdf.txt x"])("%s says nothing of its length", (name) => {
  expect(secondsIn(name)).toBeNull();
});
