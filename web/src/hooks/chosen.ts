import { useCallback } from "react";
import { isNothing, NOTHING_CHOSEN } from "@/sdk/chosen";
import type { Chosen } from "@/sdk/types";
import { useMessaging, useSelected } from "./provider";

type Change = Partial<Pick<Chosen, "files" | "recording">>;

/** Files and a recording that go with no message yet, and how to change them. */
export function useChosen(id: number): [Chosen, (change: Change) => void] {
  const messaging = useMessaging();
  const chosen = useSelected((state) => state.chosen[id] ?? NOTHING_CHOSEN);
  return [chosen, useCallback((change) => messaging.setChosen(id, change), [messaging, id])];
}

/** In how many conversations something was chosen, and not sent. */
export function useChosenCount(): number {
  return useSelected(({ chosen }) => Object.values(chosen).filter((one) => !isNothing(one)).length);
}
