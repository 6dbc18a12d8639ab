import { isUnderWay } from "@/hooks/making";
import type { Archive } from "@/sdk/contract";

/** Of one's archives, newest first: the one under way, else one that can be fetched, else the failure that one may not know of yet. */
export function comeBackTo(archives: readonly Archive[]): Archive | null {
  const newest = archives[0] ?? null;
  if (isUnderWay(newest)) return newest;
  return archives.find(({ state }) => state === "ready") ?? (newest?.state === "failed" ? newest : null);
}
