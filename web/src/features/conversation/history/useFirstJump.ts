import { useCallback, useEffect, useRef, useState } from "react";
import { isMessagingError } from "@/sdk/errors";

interface FirstJump {
  state: "none" | "done" | "failed";
  /** After it failed. */
  again: () => Promise<void>;
}

/** Loads, once, the place at which a conversation is to be opened. `wanted`: null when that is loaded already. */
export function useFirstJump(isKnown: boolean, wanted: number | null, jumpTo: (seq: number) => Promise<void>): FirstJump {
  const [state, setState] = useState<FirstJump["state"]>("none");
  const hasBegun = useRef(false);

  const again = useCallback(async () => {
    setState("none");
    try {
      if (wanted !== null) await jumpTo(wanted);
      setState("done");
    } catch (error) {
      if (!isMessagingError(error)) throw error;
      setState("failed");
    }
  }, [wanted, jumpTo]);

  useEffect(() => {
    if (!isKnown || hasBegun.current) return;
    hasBegun.current = true;
    if (wanted !== null) void again();
  }, [isKnown, wanted, again]);

  return { state, again };
}
