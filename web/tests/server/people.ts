// People with a conversation of their own, from what pytest put into the environment; and waiting for what must come.

import { expect } from "vitest";
import { createMessaging, threadOf, type Message, type Messaging, type MessagingOptions } from "@/sdk";

export interface Person {
  id: number;
  token: string;
}

export interface Pair {
  conversationId: number;
  patient: Person;
  doctor: Person;
}

export const SERVER = process.env["COLLOQUE_URL"] as string;
const pairs = JSON.parse(process.env["COLLOQUE_PAIRS"] ?? "[]") as Pair[];

/** Whom no other test has. */
export function newPair(): Pair {
  const pair = pairs.shift();
  if (pair === undefined) throw new Error("pytest gave too few pairs");
  return pair;
}

const running = new Set<Messaging>();

export async function client(person: Person, url = SERVER, options: Partial<MessagingOptions> = {}): Promise<Messaging> {
  const messaging = createMessaging(url, { token: person.token, language: () => "en", ...options });
  running.add(messaging);
  await messaging.start();
  return messaging;
}

export function stopAll(): void {
  for (const messaging of running) messaging.stop();
  running.clear();
}

export async function online(messaging: Messaging): Promise<void> {
  await until(messaging, () => messaging.getState().connection.status === "online");
}

export function shown(messaging: Messaging, id: number): readonly Message[] {
  return threadOf(messaging.getState(), id).messages;
}

export function texts(messaging: Messaging, id: number): unknown[] {
  return shown(messaging, id).map(({ content }) => content);
}

/** Waits until it is so in the state. */
export async function until(messaging: Messaging, isSo: () => boolean, patience = 20_000): Promise<void> {
  if (isSo()) return;
  await new Promise<void>((resolve, reject) => {
    const late = setTimeout(() => {
      stop();
      reject(new Error(`not so after ${patience} ms: ${isSo.toString()}`));
    }, patience);
    const stop = messaging.subscribe(() => {
      if (!isSo()) return;
      clearTimeout(late);
      stop();
      resolve();
    });
  });
}

/** What the server has, whatever the clients believe. */
export async function stored(person: Messaging, id: number): Promise<unknown[]> {
  const { items } = await person.rest.messages.history(id, { limit: 200 });
  expect(items.map(({ seq }) => seq)).toEqual(items.map((_, index) => index + 1));
  return items.map(({ content }) => content);
}

/** Asks the test's Python side to do something to the server, which is there again when this resolves. */
export async function control(action: "backup" | "restore"): Promise<void> {
  const answer = await fetch(`${process.env["COLLOQUE_CONTROL"]}/${action}`, { method: "POST" });
  expect(answer.status).toBe(204);
}
