import { useMemo } from "react";
import { useKeptPush, useMessaging, useSession } from "@/hooks";
import { Connected } from "@/hooks/connected";
import { language, useTexts } from "@/i18n";
import type { Me, MessagingOptions } from "@/sdk";
import { dropPush } from "@/sdk/push";
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
  const { logout } = useSession();
  useKeptPush();

  async function signOut() {
    await dropPush();
    await messaging.clear();
    await logout();
  }

  return <Shell me={me} signOut={signOut} />;
}
