import { afterEach, describe, expect, test } from "vitest";
import { listed, statusOf, threadOf, type Message } from "@/sdk";
import { client, newPair, online, shown, stopAll, texts, until } from "./people";

afterEach(stopAll);

describe("two people", () => {
  test("talk: bubble at once, stored, delivered, read; typing, presence, unread", async () => {
    const { conversationId: id, patient, doctor } = newPair();
    const [amelie, claire] = [await client(patient), await client(doctor)];
    await Promise.all([online(amelie), online(claire)]);
    const leave = amelie.watch(id);
    claire.watch(id);
    await until(claire, () => threadOf(claire.getState(), id).status === "ready");
    await until(amelie, () => threadOf(amelie.getState(), id).status === "ready");

    amelie.typing(id);
    await until(claire, () => claire.getState().typing[id]?.includes(patient.id) === true);
    amelie.send(id, { content: "Bonjour docteur", isUrgent: true });
    expect(amelie.getState().outbox.map(({ content }) => content)).toEqual(["Bonjour docteur"]);
    await until(claire, () => texts(claire, id).includes("Bonjour docteur"));
    expect(claire.getState().typing[id]).toEqual([]);
    await until(amelie, () => amelie.getState().outbox.length === 0);
    expect(claire.getState().conversations[id]).toMatchObject({ unreadCount: 1, urgentCount: 1 });
    const status = () => statusOf(threadOf(amelie.getState(), id), shown(amelie, id)[0] as Message, patient.id);
    await until(amelie, () => status() === "delivered");
    claire.seen(id, 1);
    await until(amelie, () => status() === "read");
    await until(claire, () => claire.getState().conversations[id]?.unreadCount === 0);
    await until(claire, () => claire.getState().unreadCount === 0);

    const stop = amelie.watchPresence([doctor.id]);
    await until(amelie, () => amelie.getState().presence[doctor.id]?.online === true);
    claire.stop();
    await until(amelie, () => amelie.getState().presence[doctor.id]?.online === false);
    stop();
    leave();
  });

  test("edit and delete; the list follows, and another device", async () => {
    const { conversationId: id, patient, doctor } = newPair();
    const [phone, desk, claire] = [await client(patient), await client(patient), await client(doctor)];
    await Promise.all([phone, desk, claire].map(online));
    await Promise.all([phone.loadList({}), desk.loadList({}), claire.loadList({})]);
    for (const one of [phone, claire]) one.watch(id);
    phone.send(id, { content: "first" });
    phone.send(id, { content: "second" });
    await until(claire, () => shown(claire, id).length === 2);
    await until(desk, () => desk.getState().conversations[id]?.lastMessage?.content === "second");
    const [first, second] = shown(claire, id) as [Message, Message];
    await phone.edit(second.id, "second, better");
    await until(claire, () => texts(claire, id)[1] === "second, better");
    await until(desk, () => listed(desk.getState(), {})[0]?.lastMessage?.content === "second, better");
    await phone.remove(first.id);
    await until(claire, () => shown(claire, id)[0]?.deletedAt != null);
    await claire.react(second.id, "👍🏽", true);
    await until(phone, () => shown(phone, id)[1]?.reactions[0]?.emoji === "👍🏽");
    await claire.react(second.id, "👍🏽", false);
    await until(phone, () => shown(phone, id)[1]?.reactions.length === 0);
    await claire.settle(id, { pinned: true });
    expect(claire.getState().conversations[id]?.pinned).toBe(true);
  });

  test("a conversation one has no part in is gone", async () => {
    const [mine, theirs] = [newPair(), newPair()];
    const amelie = await client(mine.patient);
    await online(amelie);
    amelie.watch(theirs.conversationId);
    await until(amelie, () => amelie.getState().gone.length > 0);
    expect(amelie.getState().gone).toEqual([theirs.conversationId]);
  });
});

test("a long history is loaded upwards, jumped into, and joined again", async () => {
  const { conversationId: id, patient, doctor } = newPair();
  const amelie = await client(patient);
  await online(amelie);
  for (let number = 1; number <= 160; number += 1) amelie.send(id, { content: `n${number}` });
  await until(amelie, () => amelie.getState().outbox.length === 0);
  const claire = await client(doctor);
  claire.watch(id);
  await until(claire, () => threadOf(claire.getState(), id).status === "ready");
  expect(shown(claire, id).map(({ seq }) => seq)).toEqual(Array.from({ length: 50 }, (_, index) => index + 111));
  await claire.jumpTo(id, 10);
  expect(shown(claire, id).map(({ seq }) => seq)).toContain(10);
  expect(threadOf(claire.getState(), id).anchor).toBe(10);
  await claire.loadNewer(id);
  await claire.jumpToLatest(id);
  await Promise.all([claire.loadOlder(id), claire.loadOlder(id)]);
  expect(shown(claire, id).map(({ seq }) => seq)).toEqual(Array.from({ length: 160 }, (_, index) => index + 1));
  expect(threadOf(claire.getState(), id).firstSeq).toBe(1);
});
