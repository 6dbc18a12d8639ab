import { lazy, Suspense, useEffect, useState } from "react";
import { useSession } from "@/hooks";
import { useTexts } from "@/i18n";
import { isMessagingError } from "@/sdk";
import { Toasts } from "@/ui";
import { PartFailed } from "./PartFailed";
import { Splash } from "./Splash";
import { appTexts } from "./texts";

const RETRY_MS = 3_000;
const Login = lazy(() => import("@/features/login/Login").then(({ Login }) => ({ default: Login })));
const SignedIn = lazy(() => import("./SignedIn").then(({ SignedIn }) => ({ default: SignedIn })));

/** Who is logged in, and what that means for what is shown. */
export function App() {
  const t = useTexts(appTexts);
  const { phase, me, endedBecause, login } = useSession();
  const isAway = useResume();
  const waiting = isAway ? `${t("startFailed")} ${t("startFailedText")}` : t("starting");
  return (
    <>
      <PartFailed place={phase}>
        <Suspense fallback={<Splash text={t("starting")} />}>
          {phase === "starting" && <Splash text={waiting} />}
          {phase === "out" && <Login login={login} endedBecause={endedBecause} />}
          {phase === "in" && me !== null && <SignedIn key={me.id} me={me} />}
        </Suspense>
      </PartFailed>
      <Toasts />
    </>
  );
}

/** Goes on with the session of this browser, as soon as the server can be asked; true while it does not answer. */
function useResume(): boolean {
  const { resume } = useSession();
  const [isAway, setIsAway] = useState(false);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const attempt = () => {
      resume().catch((error: unknown) => {
        if (!isMessagingError(error)) throw error;
        setIsAway(true);
        timer = setTimeout(attempt, RETRY_MS);
      });
    };
    attempt();
    return () => clearTimeout(timer);
  }, [resume]);
  return isAway;
}
