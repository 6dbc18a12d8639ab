// A request that a test moves by hand: a line that dies without a word is not told by the browser for minutes.

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { upload } from "./upload";

class FakeRequest {
  upload = { onprogress: (_: { loaded: number; total: number }) => {} };
  status = 0;
  responseText = "";
  onload = () => {};
  onabort = () => {};
  onloadend = () => {};
  open = () => undefined;
  setRequestHeader = () => undefined;
  send = () => {
    sent.push(this);
  };

  abort(): void {
    this.onabort();
    this.onloadend();
  }

  answer(text: string): void {
    this.status = 201;
    this.responseText = text;
    this.onload();
    this.onloadend();
  }
}

const sent: FakeRequest[] = [];
const by = { url: "", language: () => "en" as const, token: async () => "t" };

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("XMLHttpRequest", FakeRequest);
});

afterEach(() => {
  sent.length = 0;
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** What becomes of it, once something has. */
function begin(signal?: AbortSignal): unknown[] {
  const told: unknown[] = [];
  const tell = (outcome: unknown) => void told.push(outcome);
  upload(by, 7, new File(["x"], "scan.pdf"), signal === undefined ? {} : { signal }).then(tell, tell);
  return told;
}

/** The last one that was sent. */
function request(): FakeRequest {
  return sent.at(-1) as FakeRequest;
}

const wait = (seconds: number) => vi.advanceTimersByTimeAsync(seconds * 1000);

test("an upload of which nothing moves any more is given up, and can be tried again", async () => {
  const told = begin();
  await wait(40);
  request().upload.onprogress({ loaded: 1, total: 9 });
  await wait(40);
  request().upload.onprogress({ loaded: 2, total: 9 });
  await wait(30);
  // The same again is no movement.
  request().upload.onprogress({ loaded: 2, total: 9 });
  await wait(14);
  expect(told).toEqual([]);
  await wait(2);
  expect(told).toMatchObject([{ code: "UNAVAILABLE", isTemporary: true }]);
});

test("one that has gone whole may wait longer for its answer, not for ever", async () => {
  const told = begin();
  await wait(1);
  request().upload.onprogress({ loaded: 9, total: 9 });
  await wait(95);
  expect(told).toEqual([]);
  await wait(10);
  expect(told).toMatchObject([{ code: "UNAVAILABLE" }]);
});

test("one that was answered or cancelled is left alone", async () => {
  const answered = begin();
  await wait(1);
  request().answer('{"attachment": {"id": 5}}');
  await wait(200);
  expect(answered).toEqual([{ id: 5 }]);
  const abort = new AbortController();
  const cancelled = begin(abort.signal);
  await wait(1);
  abort.abort();
  await wait(200);
  expect(cancelled).toMatchObject([{ name: "AbortError" }]);
});

test("an answer that is none of the server's is no success, nor no answer", async () => {
  const told = begin();
  await wait(1);
  request().answer("<html>Welcome to our hotel</html>");
  await wait(0);
  expect(told).toMatchObject([{ code: "UNAVAILABLE" }]);
});
