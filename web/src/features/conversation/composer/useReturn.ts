import { type RefObject, useEffect, useRef } from "react";

/**
 * Once something is no more in the place of the text box (a recording), the focus is where one goes on: in the box, or, where
 * that would bring up a keyboard, on the button that one came from.
 */
export function useReturn(isAway: boolean, box: RefObject<HTMLElement | null>, button: RefObject<HTMLElement | null>): void {
  const wasAway = useRef(false);
  useEffect(() => {
    if (wasAway.current && !isAway) (matchMedia("(pointer: coarse)").matches ? (button.current ?? box.current) : box.current)?.focus();
    wasAway.current = isAway;
  }, [isAway, box, button]);
}
