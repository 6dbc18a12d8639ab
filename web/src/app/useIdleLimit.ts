import { useLimits } from "@/hooks";

const MINUTE = 60_000;

/** After how many milliseconds without a hand the session ends here; 0: never. The server's setting says. */
export function useIdleLimit(): number {
  return useLimits().idleMinutes * MINUTE;
}
