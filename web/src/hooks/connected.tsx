import { useEffect, useState, type ReactNode } from "react";
import { createMessaging } from "@/sdk/create";
import { isMessagingError } from "@/sdk/errors";
import type { Messaging, MessagingOptions } from "@/sdk/messaging";
import { MessagingProvider } from "./provider";

export interface ConnectedProps {
  url?: string;
  /** The same object as long as it is the same person. */
  options: MessagingOptions;
  /** Until it is known who one is. */
  fallback?: ReactNode;
  children: ReactNode;
}

/** Makes a connection for what is below, and ends it with the component; what is unsent stays in the browser. */
export function Connected({ url = "", options, fallback = null, children }: ConnectedProps) {
  const [messaging, setMessaging] = useState<Messaging | null>(null);
  useEffect(() => {
    const made = createMessaging(url, options);
    let isThere = true;
    made.start().then(
      () => {
        if (isThere) setMessaging(made);
      },
      (error: unknown) => {
        // Nothing to show: whoever gives the tokens has been told by `onEnded`, or knows from them.
        if (!isMessagingError(error)) throw error;
      },
    );
    return () => {
      isThere = false;
      made.stop();
      setMessaging(null);
    };
  }, [url, options]);
  return messaging === null ? fallback : <MessagingProvider messaging={messaging}>{children}</MessagingProvider>;
}
