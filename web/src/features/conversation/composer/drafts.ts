// Files that were chosen and a recording that was made, and not sent: by person and conversation, for as long as the page is
// open. Text is kept by the SDK.

import { useMemo, useSyncExternalStore } from "react";
import { askBeforeLeaving, useMe } from "@/hooks";
import { Store } from "@/i18n/store";
import type { Recording } from "../voice/recorder";

interface Chosen {
  files: readonly File[];
  recording: Recording | null;
}

const NOTHING: Chosen = { files: [], recording: null };
const chosen = new Store<ReadonlyMap<string, Chosen>>(new Map());
let stopAsking: (() => void) | null = null;

export interface Keeping extends Chosen {
  keepFiles: (files: readonly File[]) => void;
  keepRecording: (recording: Recording | null) => void;
}

/** Whoever logs in next on this page finds nothing of somebody else, who may have been in the same conversation. */
export function useChosen(id: number): Keeping {
  const key = `${useMe()?.id ?? 0} ${id}`;
  const now = useSyncExternalStore(chosen.subscribe, () => chosen.get().get(key) ?? NOTHING);
  return useMemo(
    () => ({
      ...now,
      keepFiles: (files) => keep(key, { files }),
      keepRecording: (recording) => keep(key, { recording }),
    }),
    [now, key],
  );
}

/** In how many conversations something was chosen, and not sent. */
export function useChosenCount(): number {
  const mine = `${useMe()?.id ?? 0} `;
  return useSyncExternalStore(chosen.subscribe, () => [...chosen.get()].filter(([key, one]) => key.startsWith(mine) && !isNothing(one)).length);
}

function isNothing({ files, recording }: Chosen): boolean {
  return files.length === 0 && recording === null;
}

/** Of whoever signs out nothing stays. */
export function forgetChosen(): void {
  set(new Map());
}

function keep(key: string, change: Partial<Chosen>): void {
  set(new Map(chosen.get()).set(key, { ...(chosen.get().get(key) ?? NOTHING), ...change }));
}

/** They would be lost with the page, in whichever conversation one is when it goes. */
function set(now: ReadonlyMap<string, Chosen>): void {
  chosen.set(now);
  const isNeeded = ![...now.values()].every(isNothing);
  if (isNeeded) stopAsking ??= askBeforeLeaving();
  else {
    stopAsking?.();
    stopAsking = null;
  }
}
