// A fake network, whose answers come when the test says so: the races of a session with its end.

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createSession, type Session } from "./session";

type Answer = (status: number, body: unknown) => void;

const AMELIE = { accessToken: "t1", expiresIn: 900, user: { id: 1 } };
const KARIM = { accessToken: "t2", expiresIn: 900, user: { id: 2 } };
const REFUSED = { success: false, error: { code: "FORBIDDEN", message: "Not from here." } };
let asked: Map<string, Answer>;
let session: Session;

beforeEach(() => {
  asked = new Map();
  vi.stubGlobal(
    "fetch",
    (url: string | URL | Request) =>
      new Promise<Response>((resolve) => {
        asked.set(new URL(String(url)).pathname, (status, body) => resolve(Response.json(body, { status })));
      }),
  );
  session = createSession({ url: "http://colloque.test", language: () => "en" });
});

afterEach(() => vi.unstubAllGlobals());

async function answer(path: string, status: number, body: unknown): Promise<void> {
  await vi.waitUntil(() => asked.has(path));
  asked.get(path)?.(status, body);
  asked.delete(path);
}

async function logIn(as: typeof AMELIE): Promise<void> {
  const done = session.login("somebody", "secret");
  await answer("/api/auth/login", 200, as);
  await done;
}

test("a renewal that is answered after the end does not begin the session anew", async () => {
  await logIn(AMELIE);
  const renewal = session.token({ renew: true });
  await vi.waitUntil(() => asked.has("/api/auth/refresh"));
  session.end("idle");
  const leaving = session.logout();
  await answer("/api/auth/refresh", 200, AMELIE);
  await expect(renewal).rejects.toMatchObject({ code: "AUTH_REQUIRED" });
  expect(session.getState()).toEqual({ phase: "out", me: null, endedBecause: "idle" });
  await answer("/api/auth/logout", 200, {});
  await leaving;
  expect(session.getState().endedBecause).toBe("idle");
});

test("nobody's wish for a token begins it anew while the server is being told of the end", async () => {
  await logIn(AMELIE);
  session.end("idle");
  const leaving = session.logout();
  await expect(session.token({ renew: false })).rejects.toMatchObject({ code: "AUTH_REQUIRED" });
  await vi.waitUntil(() => asked.has("/api/auth/logout"));
  expect([...asked.keys()]).toEqual(["/api/auth/logout"]);
  await answer("/api/auth/logout", 200, {});
  await leaving;
});

test.each([
  [200, AMELIE],
  [403, REFUSED],
] as const)("an answer %i to the session before does not touch the next one", async (status, body) => {
  await logIn(AMELIE);
  const renewal = session.token({ renew: true });
  await vi.waitUntil(() => asked.has("/api/auth/refresh"));
  session.end("idle");
  await logIn(KARIM);
  await answer("/api/auth/refresh", status, body);
  await expect(renewal).rejects.toMatchObject({ code: "AUTH_REQUIRED" });
  expect(session.getState()).toMatchObject({ phase: "in", me: { id: 2 } });
  expect(await session.token({ renew: false })).toBe("t2");
});

test("a session that ends for another reason says so", async () => {
  await logIn(AMELIE);
  const renewal = session.token({ renew: true });
  await answer("/api/auth/refresh", 403, REFUSED);
  await expect(renewal).rejects.toMatchObject({ code: "FORBIDDEN" });
  expect(session.getState()).toMatchObject({ phase: "out", endedBecause: "expired" });
});
