import { createContext, useCallback, useContext, useRef, useSyncExternalStore, type ReactNode } from "react";
import type { Messaging } from "@/sdk/messaging";
import type { State } from "@/sdk/types";

const Context = createContext<Messaging | null>(null);

/** What is below uses this connection. Whoever made it starts and stops it. */
export function MessagingProvider({ messaging, children }: { messaging: Messaging; children: ReactNode }) {
  return <Context value={messaging}>{children}</Context>;
}

export function useMessaging(): Messaging {
  const messaging = useContext(Context);
  if (messaging === null) throw new Error("MessagingProvider is missing above this component");
  return messaging;
}

/**
 * A part of the state. The component renders again when that part is another one; `isSame` tells (the same object, if
 * left out). `select` may be made anew on each render.
 */
export function useSelected<Value>(select: (state: State) => Value, isSame: (a: Value, b: Value) => boolean = Object.is): Value {
  const messaging = useMessaging();
  const kept = useRef<{ state: State; select: (state: State) => Value; value: Value } | null>(null);
  const read = useCallback((): Value => {
    const state = messaging.getState();
    const before = kept.current;
    if (before !== null && before.state === state && before.select === select) return before.value;
    const value = select(state);
    const stays = before !== null && isSame(before.value, value);
    kept.current = { state, select, value: stays ? before.value : value };
    return kept.current.value;
  }, [messaging, select, isSame]);
  return useSyncExternalStore(messaging.subscribe, read);
}

/** The same things in the same order. */
export function sameItems<Item>(a: readonly Item[], b: readonly Item[]): boolean {
  return a.length === b.length && a.every((item, index) => Object.is(item, b[index]));
}
