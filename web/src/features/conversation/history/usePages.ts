import { useEffect, useRef, useState } from "react";
import { isMessagingError } from "@/sdk/errors";

/** Loads page after page for as long as one is wanted. `rows` change when a page has come. */
export function usePages(isWanted: boolean, load: () => Promise<void>, rows: unknown): boolean {
  const [isLoading, setLoading] = useState(false);
  const isRunning = useRef(false);
  useEffect(() => {
    if (!isWanted || isRunning.current) return;
    isRunning.current = true;
    setLoading(true);
    void load()
      .catch((error: unknown) => {
        // The next step of the reader, or the next connection, asks again.
        if (!isMessagingError(error)) throw error;
      })
      .finally(() => {
        isRunning.current = false;
        setLoading(false);
      });
  }, [isWanted, load, rows, isLoading]);
  return isLoading;
}
