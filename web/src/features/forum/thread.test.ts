import { describe, expect, it } from "vitest";
import type { Answer, Question } from "@/sdk/contract";
import { follow, hasGap, withPage, type Live, type QuestionThread } from "./thread";

const AUTHOR = { id: 1, name: "Inès Garcia", role: "member", pseudonym: false };
const POST = {
  body: "text",
  bodyHtml: "<p>text</p>",
  author: AUTHOR,
  version: 1,
  createdAt: "2026-11-21T10:00:00.000Z",
  editedAt: null,
  deletedAt: null,
  myVote: 0,
  isMine: false,
  canEdit: false,
  canDelete: false,
  canVote: true,
  score: 0,
  upCount: 0,
  downCount: 0,
} as const;
const question: Question = { ...POST, id: 7, title: "A question that is long enough", tags: ["sleep"], answerCount: 1, acceptedAnswerId: null, change: 4, activityAt: POST.createdAt, canAccept: true };
const answer: Answer = { ...POST, id: 9, questionId: 7, isAccepted: false, change: 4 };
const thread: QuestionThread = { question, answers: [answer], seen: 4 };
const vote = (change: number, score: number, answerId: number | null = 9): Live => ({
  type: "voted",
  change,
  vote: { questionId: 7, answerId, change, score, upCount: score, downCount: 0 },
});

describe("a question that is followed live", () => {
  it("counts votes by their change, in whatever order they come", () => {
    const inOrder = [vote(5, 1), vote(6, 2)].reduce(follow, thread);
    const turned = [vote(6, 2), vote(5, 1)].reduce(follow, thread);
    expect(turned).toEqual(inOrder);
    expect(inOrder.answers[0]).toMatchObject({ score: 2, myVote: 0 });
    expect([vote(5, 3, null), vote(5, 3, null)].reduce(follow, thread).question.score).toBe(3);
  });

  it("knows one's own vote from the reply, and keeps it when the event of it comes", () => {
    const reply: Live = { type: "voted", change: 5, vote: { questionId: 7, answerId: 9, change: 5, score: 1, upCount: 1, downCount: 0, myVote: 1 } };
    for (const order of [[reply, vote(5, 1)], [vote(5, 1), reply]]) {
      expect(order.reduce(follow, thread).answers[0]).toMatchObject({ score: 1, myVote: 1 });
    }
  });

  it("takes an answer once, from reply and event alike, and keeps what only the reply says", () => {
    const { myVote, isMine: _, canEdit, canDelete, canVote, ...text } = { ...answer, id: 10, change: 5 };
    const event: Live = { type: "answered", change: 5, answer: text };
    const reply: Live = { type: "answered", change: 5, answer: { ...text, myVote, isMine: true, canEdit, canDelete, canVote } };
    for (const order of [[event, reply], [reply, event]]) {
      const after = order.reduce(follow, thread);
      expect(after.answers.map(({ id, isMine: mine }) => [id, mine])).toEqual([[9, false], [10, true]]);
      expect(after.question.answerCount).toBe(2);
    }
  });

  it("loses an answer that was deleted, and has one accepted at a time", () => {
    const second: Live = { type: "answered", change: 5, answer: { ...answer, id: 10, change: 5 } };
    const both = [second, { type: "accepted", change: 6, answerId: 9 }, { type: "accepted", change: 7, answerId: 10 }] as Live[];
    const after = both.reduce(follow, thread);
    expect(after.answers.map(({ isAccepted }) => isAccepted)).toEqual([false, true]);
    const gone = follow(after, { type: "answerChanged", change: 8, answer: { ...answer, deletedAt: POST.createdAt } });
    expect(gone.answers.map(({ id }) => id)).toEqual([10]);
    expect(gone.question.answerCount).toBe(1);
  });

  it("has each answer once, when a page brings what came live before", () => {
    const live: Live = { type: "answered", change: 5, answer: { ...answer, id: 10, change: 5 } };
    const after = withPage(follow(thread, live), [{ ...answer, id: 10, change: 5 }, { ...answer, id: 11 }]);
    expect(after.answers.map(({ id }) => id)).toEqual([9, 10, 11]);
    expect(after.question.answerCount).toBe(2);
  });

  it("sees that something is missing", () => {
    expect([5, 6].map((change) => hasGap(thread, vote(change, 1)))).toEqual([false, true]);
    // After lost hints a room is told how far its question has come: an answer may be among what was not heard.
    const told = (text: Partial<Question>): Live => ({ type: "changed", change: 5, question: { ...question, change: 5, ...text } });
    const texts = [{ title: "A better title of it" }, { answerCount: 2 }, { acceptedAnswerId: 9 }];
    expect(texts.map((text) => hasGap(thread, told(text)))).toEqual([false, true, true]);
  });
});
