/** How long nobody may have pressed or typed anything, in milliseconds. */
const QUIET = 1500;

export interface Hands {
  /** Calls back once they rest and nothing is held down: what appears then moves nothing away from under a finger. */
  whenQuiet(then: () => void): void;
  /** Nobody is called back any more. */
  leave(): void;
}

/** From now on, since what was pressed before anybody asks may be held down still. */
export function watchHands(page: EventTarget): Hands {
  const listening = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let waiting: (() => void) | undefined;
  let isHeld = false;
  const leave = () => {
    clearTimeout(timer);
    listening.abort();
  };
  const rest = () => {
    clearTimeout(timer);
    const then = waiting;
    if (isHeld || !then) return;
    timer = setTimeout(() => {
      leave();
      then();
    }, QUIET);
  };
  const hold = (is: boolean) => () => {
    isHeld = is;
    rest();
  };
  const options = { capture: true, passive: true, signal: listening.signal };
  page.addEventListener("pointerdown", hold(true), options);
  page.addEventListener("pointerup", hold(false), options);
  page.addEventListener("pointercancel", hold(false), options);
  page.addEventListener("keydown", rest, options);
  return {
    whenQuiet(then) {
      waiting = then;
      rest();
    },
    leave,
  };
}
