import { lazy, Suspense, useEffect } from "react";
import { SessionProvider, useSession } from "@/hooks";
import { language, useTexts } from "@/i18n";
import { isMessagingError } from "@/sdk/errors";
import { createSession } from "@/sdk/session";
import { Toasts } from "@/ui";
import { Splash } from "./Splash";
import { appTexts } from "./texts";

const session = createSession({ url: "", language: language.get });
const RETRY_MS = 3_000;
// What comes next is known only after the server was asked; both are fetched while it is.
const loadLogin = () => import("@/features/login/Login");
const loadSignedIn = () => import("./SignedIn");
const Login = lazy(() => loadLogin().then(({ Login }) => ({ default: Login })));
const SignedIn = lazy(() => loadSignedIn().then(({ SignedIn }) => ({ default: SignedIn })));

export function App() {
  return (
    <SessionProvider session={session}>
      <Root />
      <Toasts />
    </SessionProvider>
  );
}

function Root() {
  const t = useTexts(appTexts);
  const { phase, me, endedBecause, login, resume } = useSession();
  useResume(resume);
  return (
    <Suspense fallback={<Splash text={t("starting")} />}>
      {phase === "starting" && <Splash text={t("starting")} />}
      {phase === "out" && <Login login={login} endedBecause={endedBecause} />}
      {phase === "in" && me !== null && <SignedIn key={me.id} session={session} me={me} />}
    </Suspense>
  );
}

/** Goes on with the session of this browser, as soon as the server can be asked. */
function useResume(resume: () => Promise<void>) {
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const attempt = () => {
      resume().catch((error: unknown) => {
        if (!isMessagingError(error)) throw error;
        timer = setTimeout(attempt, RETRY_MS);
      });
    };
    attempt();
    return () => clearTimeout(timer);
  }, [resume]);
}
