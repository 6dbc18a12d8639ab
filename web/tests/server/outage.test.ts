import { afterEach, beforeEach, expect, test } from "vitest";
import { threadOf } from "@/sdk";
import { client, control, newPair, online, shown, SERVER, stopAll, stored, texts, until } from "./people";
import { Network } from "./proxy";

let network: Network;

beforeEach(async () => {
  network = await Network.to(SERVER);
});
afterEach(() => {
  stopAll();
  network.close();
});

test("after an outage everything missed is there, once, and what was written meanwhile went out, in order", async () => {
  const { conversationId: id, patient, doctor } = newPair();
  const [amelie, claire] = [await client(patient, network.url), await client(doctor)];
  await Promise.all([online(amelie), online(claire)]);
  amelie.watch(id);
  claire.watch(id);
  await until(amelie, () => threadOf(amelie.getState(), id).position !== null);
  network.cut();
  await until(amelie, () => amelie.getState().connection.status === "offline");
  const theirs = Array.from({ length: 250 }, (_, index) => `missed ${index}`);
  for (const content of theirs) claire.send(id, { content });
  await until(claire, () => claire.getState().outbox.length === 0);
  const mine = Array.from({ length: 10 }, (_, index) => `waited ${index}`);
  for (const content of mine) amelie.send(id, { content });
  expect(amelie.getState().outbox.every(({ status }) => status === "waiting")).toBe(true);
  network.heal();
  await until(amelie, () => shown(amelie, id).length === 260 && amelie.getState().outbox.length === 0);
  await until(claire, () => shown(claire, id).length === 260);
  expect(texts(amelie, id)).toEqual([...theirs, ...mine]);
  expect(texts(claire, id)).toEqual(texts(amelie, id));
});

test("an answer that got lost does not make a second message", async () => {
  const { conversationId: id, patient, doctor } = newPair();
  const [amelie, claire] = [await client(patient, network.url), await client(doctor)];
  await Promise.all([online(amelie), online(claire)]);
  claire.watch(id);
  await network.swallowAnswers();
  amelie.send(id, { content: "once" });
  await until(claire, () => texts(claire, id).includes("once"));
  expect(amelie.getState().outbox.length).toBe(1);
  network.cut();
  network.heal();
  await until(amelie, () => amelie.getState().outbox.length === 0);
  expect(await stored(claire, id)).toEqual(["once"]);
});

test("what was written offline survives a closed tab; several tabs do not double it, and keep its order", async () => {
  const { conversationId: id, patient, doctor } = newPair();
  const claire = await client(doctor);
  const written = Array.from({ length: 12 }, (_, index) => `offline ${index}`);
  const first = await client(patient, network.url);
  await online(first);
  network.cut();
  await until(first, () => first.getState().connection.status === "offline");
  for (const content of written) first.send(id, { content });
  first.setDraft(id, { text: "and a draft" });
  const second = await reopened();
  expect(second.getState().outbox.map(({ content }) => content)).toEqual(written);
  expect(second.getState().drafts[id]?.text).toBe("and a draft");
  first.stop();
  network.heal();
  const third = await reopened();
  await Promise.all([second, third].map((tab) => until(tab, () => tab.getState().outbox.length === 0)));
  expect(await stored(claire, id)).toEqual(written);

  async function reopened() {
    // Who one is has to be asked for; what was kept belongs to the address that the tab was opened at.
    const isCut = network.isCut;
    network.heal();
    const tab = await client(patient, network.url);
    if (isCut) network.cut();
    return tab;
  }
});

test("what is signed out leaves nothing", async () => {
  const { conversationId: id, patient } = newPair();
  const first = await client(patient, network.url);
  await online(first);
  network.cut();
  first.send(id, { content: "never" });
  first.setDraft(id, { text: "never" });
  await first.clear();
  expect(first.getState()).toMatchObject({ me: null, outbox: [], drafts: {}, conversations: {} });
  network.heal();
  const again = await client(patient, network.url);
  expect(again.getState()).toMatchObject({ outbox: [], drafts: {} });
});

test("a refused message says why, and goes when it is retried or deleted", async () => {
  const [{ conversationId: id, patient }, stranger] = [newPair(), newPair()];
  const amelie = await client(patient);
  await online(amelie);
  const [bad, good] = [amelie.send(stranger.conversationId, { content: "not mine" }), amelie.send(id, { content: "mine" })];
  await until(amelie, () => amelie.getState().outbox.some(({ status }) => status === "refused"));
  await until(amelie, () => amelie.getState().outbox.every(({ clientMessageId }) => clientMessageId !== good));
  expect(amelie.getState().outbox).toMatchObject([{ clientMessageId: bad, status: "refused", code: "NOT_FOUND" }]);
  amelie.retry(bad);
  expect(amelie.getState().outbox[0]?.status).toBe("waiting");
  await until(amelie, () => amelie.getState().outbox[0]?.status === "refused");
  amelie.discard(bad);
  expect(amelie.getState().outbox).toEqual([]);
});

test("what got lost on a connection that lives is asked for", async () => {
  const { conversationId: id, patient, doctor } = newPair();
  const [amelie, claire] = [await client(patient), await client(doctor)];
  await Promise.all([online(amelie), online(claire)]);
  amelie.watch(id);
  await until(amelie, () => threadOf(amelie.getState(), id).position !== null);
  await amelie.ask("leave_room", { conversationId: id });
  claire.send(id, { content: "lost" });
  await until(claire, () => claire.getState().outbox.length === 0);
  await amelie.ask("join_room", { conversationId: id });
  claire.send(id, { content: "came" });
  await until(amelie, () => shown(amelie, id).length === 2);
  expect(texts(amelie, id)).toEqual(["lost", "came"]);
});

test("a server that was restored from a backup is believed", async () => {
  const { conversationId: id, patient, doctor } = newPair();
  const [amelie, claire] = [await client(patient), await client(doctor)];
  await Promise.all([online(amelie), online(claire)]);
  amelie.watch(id);
  claire.watch(id);
  claire.send(id, { content: "kept" });
  await until(amelie, () => shown(amelie, id).length === 1);
  await control("backup");
  await Promise.all([online(amelie), online(claire)]);
  claire.send(id, { content: "lost with the backup" });
  await until(amelie, () => shown(amelie, id).length === 2);
  await control("restore");
  await until(amelie, () => texts(amelie, id).join() === "kept");
  claire.send(id, { content: "after" });
  await until(amelie, () => texts(amelie, id).join() === "kept,after");
  expect(await stored(claire, id)).toEqual(["kept", "after"]);
});
