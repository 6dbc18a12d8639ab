import { expect, test } from "vitest";
import type { Archive } from "@/sdk/contract";
import { comeBackTo, stillReady, withLatest } from "./comeBackTo";

const archive = (archiveId: number, state: Archive["state"]): Archive => ({
  archiveId,
  state,
  progress: 0,
  size: null,
  url: null,
  proof: null,
  createdAt: "2026-11-03T10:00:00.000Z",
  finishedAt: null,
  expiresAt: null,
});

test.each([
  ["nothing was asked for", [], null],
  ["the one that waits", ["queued", "ready"], 2],
  ["the one that is being made", ["running", "failed"], 2],
  ["the one that is ready", ["ready", "expired"], 2],
  ["the newest of several that are", ["ready", "ready"], 2],
  ["an earlier one that can still be fetched", ["expired", "ready"], 1],
  ["a failure, whatever there was before", ["failed", "ready"], 2],
  ["what is over is no news", ["expired", "failed"], null],
] as const)("one comes back to %s", (_, states, id) => {
  const archives = states.map((state, place) => archive(states.length - place, state));
  expect(comeBackTo(archives)?.archiveId ?? null).toBe(id);
});

test.each([
  ["nothing beside one that is ready", ["ready", "ready"], null],
  ["an earlier one beside a failure", ["failed", "ready", "ready"], 2],
  ["an earlier one beside the one that is being made", ["running", "failed", "ready"], 1],
  ["nothing where all is over", ["failed", "expired"], null],
] as const)("there is %s", (_, states, id) => {
  const archives = states.map((state, place) => archive(states.length - place, state));
  expect(stillReady(archives, archives[0] ?? null)?.archiveId ?? null).toBe(id);
});

test("what got ready since one came is there beside a later one that failed", () => {
  const known = [archive(2, "running"), archive(1, "expired")];
  const later = archive(3, "failed");
  const all = withLatest(withLatest(known, archive(2, "ready")), later);
  expect(all.map(({ archiveId, state }) => [archiveId, state])).toEqual([[3, "failed"], [2, "ready"], [1, "expired"]]);
  expect(stillReady(all, later)?.archiveId).toBe(2);
});
