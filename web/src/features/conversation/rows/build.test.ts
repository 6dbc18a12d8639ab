// @vitest-environment happy-dom
import { expect, it } from "vitest";
import type { HistoryRow, Message } from "../types";
import { type Known, RowBuilder } from "./build";

const ME = 1;
const HER = 2;

function message(seq: number, over: Partial<Message> = {}): Message {
  const sentAt = new Date(Date.UTC(2026, 10, 3, 9, 0, 0) + seq * 1000).toISOString();
  return {
    id: seq + 100, conversationId: 5, seq, change: seq, clientMessageId: null, senderId: HER, senderName: "Claire Martin", senderRole: "medecin",
    type: "text", content: `words ${seq}`, attachments: [], isUrgent: false, requiresResponse: false, action: null, context: null,
    replyToId: null, reactions: [], sentAt, editedAt: null, deletedAt: null, status: "sent", isRead: false, deliveredAt: null, readAt: null,
    ...over,
  } as Message;
}

const known = (over: Partial<Known>): Known => ({
  messages: [], waiting: [], me: ME, marks: { readSeq: 0, deliveredSeq: 0 }, unread: null, isWhole: false, ...over,
});
const shape = (rows: HistoryRow[]) =>
  rows.map((row) => (row.kind === "bubble" ? `${row.isFirst ? "(" : "-"}${row.isMine ? "me" : "her"}${row.isLast ? ")" : "-"}` : row.kind));

it("groups what one person says in a row, by day and by five minutes", () => {
  const messages = [
    message(1),
    message(2),
    message(3, { senderId: ME }),
    message(4, { sentAt: "2026-11-03T11:00:00.000Z" }),
    message(5, { sentAt: "2026-11-03T11:06:00.000Z" }),
    message(6, { sentAt: "2026-11-04T11:06:10.000Z" }),
  ];
  expect(shape(new RowBuilder().build(known({ messages, isWhole: true })))).toEqual([
    "beginning", "day", "(her-", "-her)", "(me)", "(her)", "(her)", "day", "(her)",
  ]);
});

it("puts one line before the first unread of the others, and counts those only", () => {
  const messages = [message(1), message(2, { senderId: ME }), message(3), message(4, { deletedAt: "2026-11-03T09:10:00.000Z" }), message(5), message(6)];
  const rows = new RowBuilder().build(known({ messages, unread: { from: 1, upTo: 5 } }));
  expect(shape(rows)).toEqual(["day", "(her)", "(me)", "unread", "(her-", "-her-", "-her-", "-her)"]);
  expect(rows.find((row) => row.kind === "unread")).toMatchObject({ count: 2 });
});

it("ticks by the marks of the others, never beyond what the server said", () => {
  const messages = [1, 2, 3].map((seq) => message(seq, { senderId: ME }));
  const rows = new RowBuilder().build(known({ messages, marks: { readSeq: 1, deliveredSeq: 2 } }));
  expect(rows.flatMap((row) => (row.kind === "bubble" ? [row.status] : []))).toEqual(["read", "delivered", "sent"]);
});

it("keeps the rows that did not change, and the row of a message when its answer comes", () => {
  const builder = new RowBuilder();
  const messages = [message(1), message(2, { sentAt: "2026-11-03T10:00:00.000Z" })];
  const item = { clientMessageId: "c1", conversationId: 5, content: "x", type: "text", attachments: [], files: [], status: "sending" };
  const waiting = [item] as unknown as Known["waiting"];
  const before = builder.build(known({ messages, waiting }));
  const confirmed = message(3, { senderId: ME, clientMessageId: "c1" });
  const after = builder.build(known({ messages: [...messages, confirmed] }));
  expect(after[1]).toBe(before[1]);
  expect(after.map((row) => row.key)).toEqual(before.map((row) => row.key));
  expect(after.at(-1)).not.toBe(before.at(-1));
});

it("looks again only at what is new, whatever the length of the history", () => {
  const builder = new RowBuilder();
  let looks = 0;
  const messages = Array.from({ length: 10_000 }, (_, index) => {
    const { sentAt, ...rest } = message(index + 1, { senderId: index % 3 ? HER : ME });
    return Object.defineProperty(rest as Message, "sentAt", { get: () => ((looks += 1), sentAt) });
  });
  const first = builder.build(known({ messages }));
  looks = 0;
  const second = builder.build(known({ messages: [...messages, message(10_001)] }));
  expect(second).toHaveLength(first.length + 1);
  expect(looks).toBeLessThan(10);
  expect(second.slice(0, -2)).toEqual(first.slice(0, -1));
});

it("looks only at what the marks passed, however long the history is", () => {
  const builder = new RowBuilder();
  let looks = 0;
  const messages = Array.from({ length: 10_000 }, (_, index) => {
    const { clientMessageId: _id, ...rest } = message(index + 1, { senderId: ME });
    return Object.defineProperty(rest as Message, "clientMessageId", { get: () => ((looks += 1), null) });
  });
  builder.build(known({ messages, marks: { readSeq: 9_990, deliveredSeq: 9_995 } }));
  looks = 0;
  const rows = builder.build(known({ messages, marks: { readSeq: 9_996, deliveredSeq: 9_999 } }));
  expect(looks).toBeLessThan(20);
  expect(rows.slice(-5).map((row) => row.kind === "bubble" && row.status)).toEqual(["read", "delivered", "delivered", "delivered", "sent"]);
});

it("is built the same whether at once or piece by piece", () => {
  const all = Array.from({ length: 60 }, (_, index) =>
    message(index + 1, { senderId: index % 5 < 2 ? ME : HER, sentAt: new Date(Date.UTC(2026, 10, 1) + index * index * 60_000).toISOString() }),
  );
  const unread = { from: 30, upTo: 50 };
  const builder = new RowBuilder();
  for (let from = 40; from >= 0; from -= 10) builder.build(known({ messages: all.slice(from, 45), unread }));
  for (let to = 46; to < 60; to += 3) builder.build(known({ messages: all.slice(0, to), unread, marks: { readSeq: to - 30, deliveredSeq: to - 20 } }));
  const last = known({ messages: all, unread, marks: { readSeq: 41, deliveredSeq: 57 } });
  expect(builder.build(last)).toEqual(new RowBuilder().build(last));
});
