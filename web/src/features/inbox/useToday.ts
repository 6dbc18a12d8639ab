import { useEffect, useState } from "react";
import { dayKey } from "@/i18n";

const MINUTE = 60_000;

/** The calendar day here; another one after midnight, or when a laptop wakes up the next morning. */
export function useToday(): string {
  const [today, setToday] = useState(() => dayKey(new Date().toISOString()));
  useEffect(() => {
    const timer = setInterval(() => setToday(dayKey(new Date().toISOString())), MINUTE);
    return () => clearInterval(timer);
  }, []);
  return today;
}
