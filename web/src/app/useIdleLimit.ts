import { useLimits } from "@/hooks";

const MINUTE = 60_000;
const DEFAULT_MINUTES = 15;

/** After how many milliseconds without a hand the session ends here; 0: never. The server's setting says. */
export function useIdleLimit(): number {
  const { idleMinutes } = useLimits() as { idleMinutes?: number };
  return (idleMinutes ?? DEFAULT_MINUTES) * MINUTE;
}
