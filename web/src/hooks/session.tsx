import { createContext, useContext, useSyncExternalStore, type ReactNode } from "react";
import type { Session, SessionState } from "@/sdk/session";

const Context = createContext<Session | null>(null);

/** For our own application: hosts that bring their tokens need no session. */
export function SessionProvider({ session, children }: { session: Session; children: ReactNode }) {
  return <Context value={session}>{children}</Context>;
}

export function useSession(): SessionState & Pick<Session, "login" | "logout" | "resume" | "end" | "token"> {
  const session = useContext(Context);
  if (session === null) throw new Error("SessionProvider is missing above this component");
  const state = useSyncExternalStore(session.subscribe, session.getState);
  const { login, logout, resume, end, token } = session;
  return { ...state, login, logout, resume, end, token };
}
