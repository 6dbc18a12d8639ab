// Holds the state. What the server sends is gathered and reduced once a frame, so that hundreds of events a second cost
// one render each frame; what a person does shows at once, after everything that was gathered before it.

import { initialState, reduce, type Action } from "./reducer";
import type { State } from "./types";

/** A page in the background has no frames. */
const FRAME_MS = 16;
const HIDDEN_MS = 200;

export interface Store {
  getState: () => State;
  subscribe: (listener: () => void) => () => void;
  dispatch: (action: Action) => void;
  /** With the next frame, in order. */
  enqueue: (action: Action) => void;
  /** Once everything gathered so far is in the state; work that was given twice is done twice. */
  after: (work: () => void) => void;
}

export function createStore(schedule: (run: () => void) => void = nextFrame): Store {
  const listeners = new Set<() => void>();
  let state = initialState;
  let waiting: Action[] = [];
  let afterwards: (() => void)[] = [];
  let isScheduled = false;

  function apply(actions: readonly Action[]): void {
    const before = state;
    state = actions.reduce(reduce, state);
    if (state !== before) for (const listener of listeners) listener();
  }

  function flush(): void {
    isScheduled = false;
    const actions = waiting;
    const works = afterwards;
    waiting = [];
    afterwards = [];
    apply(gathered(actions));
    for (const work of works) work();
  }

  function plan(): void {
    if (isScheduled) return;
    isScheduled = true;
    schedule(flush);
  }

  return {
    getState: () => state,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    dispatch(action) {
      const actions = [...gathered(waiting), action];
      waiting = [];
      apply(actions);
    },
    enqueue(action) {
      waiting.push(action);
      plan();
    },
    after(work) {
      afterwards.push(work);
      plan();
    },
  };
}

/** Messages in a row are one action: the list of their conversation is copied once, not for each. */
function gathered(actions: readonly Action[]): Action[] {
  const result: Action[] = [];
  let run: Extract<Action, { type: "messages/arrived" }> | null = null;
  for (const action of actions) {
    if (action.type !== "messages/arrived") run = null;
    else if (run?.live === action.live) {
      run.messages.push(...action.messages);
      continue;
    } else run = { ...action, messages: [...action.messages] };
    result.push(run ?? action);
  }
  return result;
}

function nextFrame(run: () => void): void {
  if (typeof requestAnimationFrame === "function" && document.visibilityState === "visible") {
    // A window behind others may be visible and get no frames.
    let isDone = false;
    const once = () => {
      if (!isDone) run();
      isDone = true;
    };
    requestAnimationFrame(once);
    setTimeout(once, HIDDEN_MS);
  } else setTimeout(run, FRAME_MS);
}
