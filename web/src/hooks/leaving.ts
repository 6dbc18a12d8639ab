import { useEffect } from "react";
import { useSelected } from "./provider";

/** The browser asks before this page is closed, loaded anew or left, until what comes back is called. */
function askBeforeLeaving(): () => void {
  const ask = (event: BeforeUnloadEvent) => event.preventDefault();
  window.addEventListener("beforeunload", ask);
  return () => window.removeEventListener("beforeunload", ask);
}

/** The same as long as `isNeeded`. */
export function useLeaveQuestion(isNeeded: boolean): void {
  useEffect(() => (isNeeded ? askBeforeLeaving() : undefined), [isNeeded]);
}

/** How many unsent messages would be lost with the page; the browser asks before it is left with any, or with files that were chosen. */
export function useLostWithPage(): number {
  const count = useSelected(({ outbox }) => outbox.filter((item) => item.isLostWithPage).length);
  const isChosenLost = useSelected(({ chosen }) => Object.values(chosen).some((one) => one.isLostWithPage));
  useLeaveQuestion(count > 0 || isChosenLost);
  return count;
}
