// Answers that do not come, or not whole: what a bad line does must be an error that a screen can show.

import { afterEach, expect, test, vi } from "vitest";
import { createHttp } from "./http";

const call = createHttp({ url: "http://colloque.test", language: () => "en", token: async () => "t" });

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** As fetch does: it is over when its signal says so. */
function hangs(_: unknown, { signal }: RequestInit): Promise<Response> {
  return new Promise((_resolve, reject) => {
    signal?.throwIfAborted();
    signal?.addEventListener("abort", () => reject(signal.reason as Error));
  });
}

function cut(): Response {
  const body = new ReadableStream({
    start(stream) {
      stream.enqueue(new TextEncoder().encode('{"items": ['));
      stream.error(new TypeError("network error"));
    },
  });
  return new Response(body, { headers: { "Content-Type": "application/json" } });
}

test("a call that is not answered ends, and can be made again", async () => {
  vi.useFakeTimers();
  vi.stubGlobal("fetch", hangs);
  const told: unknown[] = [];
  call("GET /api/auth/me").catch((error: unknown) => told.push(error));
  await vi.advanceTimersByTimeAsync(59_000);
  expect(told).toEqual([]);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(told).toMatchObject([{ code: "UNAVAILABLE", isTemporary: true }]);
});

test("an answer that breaks off is told as one that did not come", async () => {
  vi.stubGlobal("fetch", async () => cut());
  await expect(call("GET /api/auth/me")).rejects.toMatchObject({ code: "UNAVAILABLE", isTemporary: true });
});

test("what was called off is no trouble of the line", async () => {
  vi.stubGlobal("fetch", hangs);
  const abort = new AbortController();
  const called = call("GET /api/auth/me", { signal: abort.signal });
  abort.abort();
  await expect(called).rejects.toMatchObject({ name: "AbortError" });
});
