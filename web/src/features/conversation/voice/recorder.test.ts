import { expect, it, vi } from "vitest";
import { CannotRecord, longest, loudness, recordingType, startRecording } from "./recorder";

it("measures loudness between silence and full scale", () => {
  expect(loudness(new Float32Array(64))).toBe(0);
  expect(loudness(new Float32Array(64).fill(1))).toBe(1);
  const quiet = loudness(new Float32Array(64).fill(0.02));
  const loud = loudness(new Float32Array(64).fill(0.3));
  expect(quiet).toBeGreaterThan(0);
  expect(loud).toBeGreaterThan(quiet);
});

it("takes the first kind of sound that both browser and server know", () => {
  expect(recordingType(() => true)).toBe("audio/webm;codecs=opus");
  expect(recordingType((type) => type.startsWith("audio/ogg"))).toBe("audio/ogg;codecs=opus");
  expect(recordingType((type) => type === "audio/mp4")).toBe("audio/mp4");
  expect(recordingType(() => false)).toBeNull();
});

it("stops before the file would be too large", () => {
  expect(longest(10_000_000)).toBe(900);
  expect(longest(400_000)).toBe(80);
});

it.each([
  ["NotAllowedError", "micRefused"],
  ["NotFoundError", "micMissing"],
  ["SecurityError", "micRefused"],
])("says why it cannot record: %s", async (name, why) => {
  vi.stubGlobal("MediaRecorder", { isTypeSupported: () => true });
  vi.stubGlobal("navigator", { mediaDevices: { getUserMedia: () => Promise.reject(new DOMException("no", name)) } });
  await expect(startRecording()).rejects.toEqual(new CannotRecord(why as "micRefused"));
  vi.unstubAllGlobals();
});

it("says so where a browser has no recorder", async () => {
  vi.stubGlobal("navigator", {});
  await expect(startRecording()).rejects.toMatchObject({ why: "micUnsupported" });
  vi.unstubAllGlobals();
});
