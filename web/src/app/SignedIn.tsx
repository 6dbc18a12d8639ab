import { useMemo, useState } from "react";
import { useChosenCount, useKeptPush, useMessaging, useOutbox, useSession } from "@/hooks";
import { Connected } from "@/hooks/connected";
import { language, useTexts } from "@/i18n";
import { isMessagingError, type Me, type MessagingOptions } from "@/sdk";
import { dropPush } from "@/sdk/push";
import { ConfirmSignOut } from "./ConfirmSignOut";
import { Shell } from "./Shell";
import { Splash } from "./Splash";
import { appTexts } from "./texts";

/** One person's connection, from the login to the end of the session. */
export function SignedIn({ me }: { me: Me }) {
  const t = useTexts(appTexts);
  const { token, end } = useSession();
  const options = useMemo<MessagingOptions>(() => ({ token, language: language.get, onEnded: end }), [token, end]);
  return (
    <Connected options={options} fallback={<Splash text={t("starting")} />}>
      <Inside me={me} />
    </Connected>
  );
}

function Inside({ me }: { me: Me }) {
  const messaging = useMessaging();
  const unsent = useOutbox().length + useChosenCount();
  const { logout } = useSession();
  const [isAsking, setAsking] = useState(false);
  useKeptPush();

  async function leave() {
    await dropPush();
    await messaging.clear();
    try {
      await logout();
    } catch (error) {
      // Here it is over; the server is told with the next start of the page (see sdk/session.ts).
      if (!isMessagingError(error)) throw error;
    }
  }

  /** Whoever has unsent messages, or files and recordings for one, is asked first: they go with everything else. */
  async function signOut() {
    if (unsent > 0) setAsking(true);
    else await leave();
  }

  return (
    <>
      <Shell me={me} signOut={signOut} />
      {isAsking && <ConfirmSignOut unsent={unsent} onClose={() => setAsking(false)} onYes={() => void leave()} />}
    </>
  );
}
