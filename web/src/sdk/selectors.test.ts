import { describe, expect, it } from "vitest";
import { initialState } from "./reducer";
import { listed, listKey } from "./selectors";
import type { Conversation, List, ListQuery, State } from "./types";

function conversation(id: number, minute: number, more: Partial<Conversation> = {}): Conversation {
  const lastMessageTime = `2026-11-21T10:${String(minute).padStart(2, "0")}:00.000Z`;
  return { id, lastMessageTime, status: "active", kind: "care", pinned: false, urgentCount: 0, awaitingReply: false, ...more } as Conversation;
}

function state(query: ListQuery, list: Partial<List>, ...conversations: Conversation[]): State {
  return {
    ...initialState,
    conversations: Object.fromEntries(conversations.map((one) => [one.id, one])),
    lists: { [listKey(query)]: { query, status: "ready", ids: [], next: null, ...list } },
  };
}

const ids = (query: ListQuery, known: State) => listed(known, query).map(({ id }) => id);

describe("a list of conversations", () => {
  it("takes in what was begun, or began to belong, since the server gave it", () => {
    expect(ids({}, state({}, { ids: [1] }, conversation(1, 1), conversation(2, 2)))).toEqual([2, 1]);
    const urgent = { urgent: true };
    expect(ids(urgent, state(urgent, {}, conversation(1, 1, { urgentCount: 1 }), conversation(2, 2)))).toEqual([1]);
  });

  it("leaves to later pages what belongs there", () => {
    const known = state({}, { ids: [2], next: "more" }, conversation(1, 1), conversation(2, 2), conversation(3, 3));
    expect(ids({}, known)).toEqual([3, 2]);
  });

  it("keeps to the server's word where names are searched", () => {
    const named = { q: "martin" };
    expect(ids(named, state(named, { ids: [1] }, conversation(1, 1), conversation(2, 2)))).toEqual([1]);
  });
});
