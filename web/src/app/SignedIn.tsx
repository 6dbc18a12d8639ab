import { useEffect, useState } from "react";
import { MessagingProvider } from "@/hooks";
import { language } from "@/i18n";
import { createMessaging } from "@/sdk/create";
import { isMessagingError } from "@/sdk/errors";
import type { Session } from "@/sdk/session";
import type { Me } from "@/sdk/types";
import { Shell } from "./Shell";

/** One person's connection, from the login to the end of the session. */
export function SignedIn({ session, me }: { session: Session; me: Me }) {
  const [messaging] = useState(() =>
    createMessaging(window.location.origin, { token: session.token, language: language.get, onEnded: session.end }),
  );
  useEffect(() => {
    messaging.start().catch((error: unknown) => {
      // It keeps trying, and the banner says so.
      if (!isMessagingError(error)) throw error;
    });
    return () => messaging.stop();
  }, [messaging]);

  async function signOut() {
    await messaging.clear();
    await session.logout();
  }

  return (
    <MessagingProvider messaging={messaging}>
      <Shell me={me} signOut={signOut} />
    </MessagingProvider>
  );
}
