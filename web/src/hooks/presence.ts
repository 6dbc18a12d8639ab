import { useEffect } from "react";
import type { ServerEvent } from "@/sdk/messaging";
import type { ServerEvents } from "@/sdk/contract";
import type { Connection, Features, Limits, Me, Presence, Stats } from "@/sdk/types";
import { useMessaging, useSelected } from "./provider";

/** Null until it is known. */
export function useMe(): Me | null {
  return useSelected((state) => state.me);
}

export function useConnection(): Connection {
  return useSelected((state) => state.connection);
}

/** What this server has besides conversations; nothing until it is known. */
export function useFeatures(): Features {
  return useSelected((state) => state.features);
}

export function useLimits(): Limits {
  return useSelected((state) => state.limits);
}

/** Whether this person is there, live; null while it is not known or hidden. */
export function usePresence(userId: number): Presence | null {
  const messaging = useMessaging();
  useEffect(() => messaging.watchPresence([userId]), [messaging, userId]);
  return useSelected((state) => state.presence[userId] ?? null);
}

/** How many are connected, live; administrators only. */
export function useConnectionStats(): Stats | null {
  const messaging = useMessaging();
  useEffect(() => messaging.watchStats(), [messaging]);
  return useSelected((state) => state.stats);
}

/** An event of the server as it comes. `listener` has to stay the same function (useCallback). */
export function useServerEvent<E extends ServerEvent>(event: E, listener: (data: ServerEvents[E]) => void): void {
  const messaging = useMessaging();
  useEffect(() => messaging.on(event, listener), [messaging, event, listener]);
}
