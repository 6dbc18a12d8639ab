import { expect, test } from "vitest";
import { ID, written } from "./history.fixture";
import { threadOf } from "./selectors";
import { createStore } from "./store";

test("five hundred messages between two frames are one change for whoever listens", () => {
  const frames: (() => void)[] = [];
  const store = createStore((run) => frames.push(run));
  let told = 0;
  store.subscribe(() => (told += 1));
  for (let number = 1; number <= 500; number += 1) {
    store.enqueue({ type: "messages/arrived", messages: [written(number, number)], live: true });
  }
  expect([told, frames.length]).toEqual([0, 1]);
  frames.shift()?.();
  expect(told).toBe(1);
  expect(threadOf(store.getState(), ID).messages.length).toBe(500);
});

test("what a person does shows at once, after all that was gathered before it", () => {
  const store = createStore(() => undefined);
  store.enqueue({ type: "messages/arrived", messages: [written(1, 1)], live: true });
  store.enqueue({ type: "unread/changed", unreadCount: 3 });
  store.enqueue({ type: "messages/arrived", messages: [written(2, 2)], live: false });
  store.dispatch({ type: "draft/changed", id: ID, draft: { text: "a" } });
  expect(store.getState()).toMatchObject({ unreadCount: 3, drafts: { [ID]: { text: "a" } } });
  expect(threadOf(store.getState(), ID).messages.map(({ seq }) => seq)).toEqual([1, 2]);
});

test("ten thousand messages known, and each frame with eight more costs a few milliseconds at most", () => {
  const frames: (() => void)[] = [];
  const store = createStore((run) => frames.push(run));
  const known = Array.from({ length: 10_000 }, (_, index) => written(index + 1, index + 1));
  store.dispatch({ type: "history/loaded", id: ID, items: known, isStart: true });
  const times: number[] = [];
  for (let frame = 0; frame < 60; frame += 1) {
    for (let number = 1; number <= 8; number += 1) {
      const seq = 10_000 + frame * 8 + number;
      store.enqueue({ type: "messages/arrived", messages: [written(seq, seq)], live: true });
    }
    const begun = performance.now();
    frames.shift()?.();
    times.push(performance.now() - begun);
  }
  // The median: a shared machine has its pauses. Alone it is under two.
  expect(times.toSorted((a, b) => a - b)[30]).toBeLessThan(8);
});
