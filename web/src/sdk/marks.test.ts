import { expect, test, vi } from "vitest";
import type { Link } from "./connection";
import { ID, ME, OTHER, written } from "./history.fixture";
import { createMarks } from "./marks";
import { createStore } from "./store";

function setUp() {
  const store = createStore((run) => run());
  const told: [string, number][] = [];
  const ask = async (event: string, { upToSeq }: { upToSeq: number }) => void told.push([event, upToSeq]);
  const marks = createMarks({ store, link: { isOnline: () => true, ask } as unknown as Link });
  store.dispatch({ type: "session/known", me: { id: ME } as never });
  const arrive = (seq: number) => {
    store.dispatch({ type: "messages/arrived", messages: [written(seq, seq, { by: OTHER })], live: true });
    marks.delivered(ID);
    marks.seen(ID, seq);
  };
  return { marks, told, arrive };
}

test("the first is told at once, and of five hundred in a second the last of each quarter", async () => {
  vi.useFakeTimers();
  const { told, arrive } = setUp();
  arrive(1);
  expect(told).toContainEqual(["mark_as_read", 1]);
  for (let seq = 2; seq <= 500; seq += 1) {
    arrive(seq);
    await vi.advanceTimersByTimeAsync(2);
  }
  await vi.advanceTimersByTimeAsync(1_000);
  expect(told.length).toBeLessThanOrEqual(14);
  expect(told).toContainEqual(["mark_as_read", 500]);
  expect(told.map(([, seq]) => seq)).toEqual(told.map(([, seq]) => seq).toSorted((a, b) => a - b));
  vi.useRealTimers();
});

test("nothing is told after the end", async () => {
  vi.useFakeTimers();
  const { marks, told, arrive } = setUp();
  arrive(1);
  arrive(2);
  marks.stop();
  const before = told.length;
  await vi.advanceTimersByTimeAsync(1_000);
  expect(told.length).toBe(before);
  vi.useRealTimers();
});
