// Who is logged in, by the refresh cookie of our own login page. The access token is in memory only; the cookie is the
// browser's, this code never sees it. Host applications do without: they bring their own tokens.

import { MessagingError } from "./errors";
import { createHttp } from "./http";
import type { EndedBecause, Language, Me } from "./types";

const EARLY_SECONDS = 30;
const KEPT_AS = "colloque.loggedIn";
const IN = "1";
const LEAVING = "leaving";

/** `starting`: it is being looked whether there is a session; `out`: nobody is logged in. */
export interface SessionState {
  phase: "starting" | "out" | "in";
  me: Me | null;
  endedBecause: EndedBecause | null;
}

export interface Session {
  getState: () => SessionState;
  subscribe: (listener: () => void) => () => void;
  /** Goes on with the session of this browser, if there is one. Throws MessagingError when it could not be asked. */
  resume: () => Promise<void>;
  /** Throws MessagingError. */
  login: (username: string, password: string) => Promise<void>;
  logout: () => Promise<void>;
  /** What `createMessaging` takes as `token`. */
  token: (wish: { renew: boolean }) => Promise<string>;
  /** It cannot go on; `because` is shown at the login. */
  end: (because: EndedBecause) => void;
}

export interface SessionOptions {
  url: string;
  language: () => Language;
}

export function createSession({ url, language }: SessionOptions): Session {
  const listeners = new Set<() => void>();
  let state: SessionState = { phase: "starting", me: null, endedBecause: null };
  let token: string | null = null;
  let renewAt = 0;
  let refreshing: Promise<void> | null = null;
  // Of the session that goes on here; the next one has another.
  let era = {};
  const bare = createHttp({ url, language, token: async () => null });

  function change(next: SessionState): void {
    state = next;
    for (const listener of listeners) listener();
  }

  function forget(): void {
    token = null;
    renewAt = 0;
    refreshing = null;
    era = {};
  }

  function accept(reply: { accessToken: string; expiresIn: number; user: unknown }): void {
    const me = reply.user as Me;
    // The cookie belongs to the browser: another tab may have logged in as somebody else meanwhile.
    if (state.me !== null && state.me.id !== me.id) throw new AnotherUser();
    token = reply.accessToken;
    renewAt = Date.now() + Math.max(reply.expiresIn - EARLY_SECONDS, reply.expiresIn / 2) * 1000;
    if (state.phase !== "in") change({ phase: "in", me, endedBecause: null });
  }

  /** The cookie is the server's to end; as long as it cannot be told, it is tried with each start of the page. */
  async function leave(): Promise<void> {
    try {
      await bare("POST /api/auth/logout", { body: {} });
    } catch (error) {
      // Refused for good: there is no session any more.
      if (!(error instanceof MessagingError) || error.isTemporary) throw error;
    }
    if (remembered() === LEAVING) remember(null);
  }

  /** One at a time: the same successor would come twice, but one is enough. */
  function refresh(): Promise<void> {
    const asked = era;
    refreshing ??= bare("POST /api/auth/refresh", { body: {} })
      .finally(() => {
        // Whatever is answered after the end: it must neither begin that session anew nor end the next one.
        if (era !== asked) throw new Over();
      })
      .then(accept)
      .finally(() => {
        if (era === asked) refreshing = null;
      });
    return refreshing;
  }

  function end(because: EndedBecause): void {
    forget();
    // Another tab may be logged in still, as this person or as somebody else.
    const isOnlyHere = because === "another_user" || because === "too_many";
    if (!isOnlyHere && remembered() !== LEAVING) remember(null);
    if (state.phase !== "out") change({ phase: "out", me: null, endedBecause: because === "signed_out" ? null : because });
  }

  return {
    getState: () => state,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },

    async resume() {
      if (remembered() === LEAVING) await leave();
      if (remembered() === null) return change({ phase: "out", me: null, endedBecause: null });
      try {
        await refresh();
      } catch (error) {
        if (error instanceof Over) return;
        if (!(error instanceof MessagingError) || error.isTemporary) throw error;
        remember(null);
        change({ phase: "out", me: null, endedBecause: null });
      }
    },

    async login(username, password) {
      forget();
      accept(await bare("POST /api/auth/login", { body: { username, password } }));
      remember(IN);
    },

    async logout() {
      remember(LEAVING);
      try {
        await leave();
      } finally {
        end("signed_out");
      }
    },

    async token({ renew }) {
      // The cookie may live for a moment longer, until the server was told. Only a login or a start of the page begins anew.
      if (state.phase === "out") throw new Over();
      if (renew || token === null || Date.now() > renewAt) {
        try {
          await refresh();
        } catch (error) {
          if (error instanceof AnotherUser) end("another_user");
          else if (error instanceof MessagingError && !(error instanceof Over) && !error.isTemporary) end("expired");
          throw error;
        }
      }
      if (token === null) throw new MessagingError("AUTH_REQUIRED");
      return token;
    },

    end,
  };
}

/** What was asked for belonged to a session that has ended here meanwhile. */
class Over extends MessagingError {
  constructor() {
    super("AUTH_REQUIRED");
  }
}

class AnotherUser extends MessagingError {
  constructor() {
    super("AUTH_REQUIRED");
  }
}

/** Only whether it is worth asking for a session: the session itself is in a cookie that scripts cannot read. */
function remember(what: typeof IN | typeof LEAVING | null): void {
  try {
    if (what === null) localStorage.removeItem(KEPT_AS);
    else localStorage.setItem(KEPT_AS, what);
  } catch {
    // A browser that keeps nothing asks for the password after a reload.
  }
}

function remembered(): string | null {
  try {
    return localStorage.getItem(KEPT_AS);
  } catch {
    return null;
  }
}
