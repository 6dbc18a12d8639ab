// Files that were chosen and a recording that was made, and not sent yet, in each conversation: in the state, in the browser's
// database, and the same in all tabs. Whichever tab changed a conversation's last is right about it, as with drafts.

import type { Kept } from "./kept";
import type { Store } from "./store";
import type { Chosen } from "./types";

export const NOTHING_CHOSEN: Chosen = { files: [], recording: null, isLostWithPage: false };

export interface ChosenFiles {
  load: () => Promise<void>;
  set: (id: number, change: Partial<Pick<Chosen, "files" | "recording">>) => Promise<void>;
  /** Without what goes with a message, which is put into the outbox together with what stays; undefined: nothing of it was chosen. */
  leave: (id: number, files: readonly File[]) => Chosen | undefined;
  /** Another tab changed it. */
  look: (id: number) => Promise<void>;
}

export function createChosen({ store, kept, changed }: { store: Store; kept: Kept; changed: (id: number) => void }): ChosenFiles {
  const of = (id: number): Chosen => store.getState().chosen[id] ?? NOTHING_CHOSEN;

  function show(id: number, chosen: Chosen): void {
    store.dispatch({ type: "chosen/changed", chosen: { [id]: chosen } });
  }

  return {
    async load() {
      store.dispatch({ type: "chosen/changed", chosen: { ...(await kept.allChosen()), ...store.getState().chosen } });
    },

    async set(id, change) {
      // Until it is written it would be lost with the page.
      const chosen: Chosen = { ...of(id), ...change, isLostWithPage: true };
      show(id, isNothing(chosen) ? NOTHING_CHOSEN : chosen);
      const isKept = await kept.putChosen(id, isNothing(chosen) ? null : chosen);
      if (isKept && of(id) === chosen) show(id, { ...chosen, isLostWithPage: false });
      if (isKept) changed(id);
    },

    leave(id, files) {
      const before = of(id);
      const going = new Set<File>(files);
      const recording = before.recording !== null && going.has(before.recording.file) ? null : before.recording;
      const staying = before.files.filter((file) => !going.has(file));
      if (staying.length === before.files.length && recording === before.recording) return undefined;
      const chosen: Chosen = { ...before, files: staying, recording };
      show(id, isNothing(chosen) ? NOTHING_CHOSEN : chosen);
      return chosen;
    },

    async look(id) {
      const before = of(id);
      const there = (await kept.chosen(id)) ?? NOTHING_CHOSEN;
      // What was changed here meanwhile is the later one.
      if (of(id) === before) show(id, there);
    },
  };
}

export function isNothing({ files, recording }: Pick<Chosen, "files" | "recording">): boolean {
  return files.length === 0 && recording === null;
}
