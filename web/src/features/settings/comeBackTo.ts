import { isUnderWay } from "@/hooks/making";
import type { Archive } from "@/sdk/contract";

/** Of one's archives, newest first: the one asked for last, whatever becomes of it; when its time is over, one that can be fetched. */
export function comeBackTo(archives: readonly Archive[]): Archive | null {
  const newest = archives[0] ?? null;
  return isUnderWay(newest) || newest?.state === "failed" ? newest : firstReady(archives);
}

/** Another one that can be fetched, while the one looked at cannot. */
export function stillReady(archives: readonly Archive[], current: Archive | null): Archive | null {
  if (current?.state === "ready") return null;
  return firstReady(archives.filter(({ archiveId }) => archiveId !== current?.archiveId));
}

/** `known` with what became of one of them, or with a new one, newest first. */
export function withLatest(known: readonly Archive[], latest: Archive): Archive[] {
  const others = known.filter(({ archiveId }) => archiveId !== latest.archiveId);
  return [...others, latest].sort((one, other) => other.archiveId - one.archiveId);
}

const firstReady = (archives: readonly Archive[]) => archives.find(({ state }) => state === "ready") ?? null;
