// The tabs of one person in one browser: they tell each other what changed in the outbox, the drafts and what is chosen,
// and only one of them sends at a time.

export interface Tabs<Word> {
  tell: (word: Word) => void;
  onWord: (listener: (word: Word) => void) => void;
  /** Runs `work` once no other tab runs its own under this name; at once where the browser cannot tell. */
  alone: (work: () => Promise<void>) => Promise<void>;
  /** Nothing is told or heard from here on. */
  close: () => void;
}

export function openTabs<Word>(name: string): Tabs<Word> {
  const channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel(name);
  // Only on https and on this machine: elsewhere each tab sends its own, and the server knows a repeat by its id.
  const locks = typeof navigator === "undefined" ? undefined : navigator.locks;
  let isClosed = false;
  return {
    tell(word) {
      if (!isClosed) channel?.postMessage(word);
    },
    onWord(listener) {
      if (channel !== null) channel.onmessage = (event: MessageEvent<Word>) => listener(event.data);
    },
    alone: (work) => (locks === undefined ? work() : locks.request(name, work)),
    close() {
      isClosed = true;
      channel?.close();
    },
  };
}
