// A question with its answers, as it follows from what was fetched and what came live. Pure.

import type { Answer, AnswerText, Question, QuestionText, VoteChanged } from "@/sdk/contract";

export interface QuestionThread {
  question: Question;
  answers: readonly Answer[];
  /** The highest change that was heard of. */
  seen: number;
}

export type Live =
  | { type: "voted"; change: number; vote: VoteChanged & { myVote?: number } }
  | { type: "answered" | "answerChanged"; change: number; answer: AnswerText & Partial<Answer> }
  | { type: "accepted"; change: number; answerId: number | null }
  | { type: "changed"; change: number; question: QuestionText & Partial<Question> };

export function follow(thread: QuestionThread, live: Live): QuestionThread {
  const seen = Math.max(thread.seen, live.change);
  switch (live.type) {
    case "voted":
      return { ...voted(thread, live.vote), seen };
    case "answered":
    case "answerChanged":
      return { ...withAnswer(thread, live.answer), seen };
    case "accepted":
      return { ...accepted(thread, live.answerId), seen };
    case "changed":
      return { ...thread, question: live.change < thread.question.change ? thread.question : { ...thread.question, ...live.question }, seen };
  }
}

/** Another page of answers; those that came live before are there already. */
export function withPage(thread: QuestionThread, page: readonly Answer[]): QuestionThread {
  const known = new Set(thread.answers.map(({ id }) => id));
  return { ...thread, answers: [...thread.answers, ...page.filter(({ id }) => !known.has(id))] };
}

/** Something before it has not come: after a while it is asked for. What a question says of its answers follows from what came. */
export function hasGap(thread: QuestionThread, live: Live): boolean {
  if (live.change > thread.seen + 1) return true;
  if (live.type !== "changed" || live.change <= thread.seen) return false;
  const { answerCount, acceptedAnswerId } = live.question;
  return answerCount !== thread.question.answerCount || acceptedAnswerId !== thread.question.acceptedAnswerId;
}

/** Counts may come in another order: only later ones count. One's own vote is known from the reply alone. */
function voted(thread: QuestionThread, { answerId, change, score, upCount, downCount, myVote }: VoteChanged & { myVote?: number }): QuestionThread {
  const counted = <Post extends Question | Answer>(post: Post): Post => ({
    ...post,
    ...(change >= post.change ? { score, upCount, downCount, change } : {}),
    ...(myVote === undefined ? {} : { myVote }),
  });
  if (answerId === null) return { ...thread, question: counted(thread.question) };
  return { ...thread, answers: thread.answers.map((answer) => (answer.id === answerId ? counted(answer) : answer)) };
}

const STRANGE = { myVote: 0, isMine: false, canEdit: false, canDelete: false, canVote: true } as const;

/** What an event does not say (whose it is, what one may do) stays as it was known. */
function withAnswer({ question, answers, seen }: QuestionThread, text: AnswerText & Partial<Answer>): QuestionThread {
  const known = answers.find(({ id }) => id === text.id);
  const answer: Answer = { ...STRANGE, ...known, ...text };
  if (text.deletedAt !== null) {
    const left = answers.filter(({ id }) => id !== text.id);
    return { question: counted(question, left.length - answers.length), answers: left, seen };
  }
  if (known !== undefined) return { question, answers: answers.map((one) => (one.id === text.id ? answer : one)), seen };
  return { question: counted(question, 1), answers: [...answers, answer], seen };
}

function counted(question: Question, by: number): Question {
  return by === 0 ? question : { ...question, answerCount: question.answerCount + by };
}

function accepted({ question, answers, seen }: QuestionThread, answerId: number | null): QuestionThread {
  return {
    question: { ...question, acceptedAnswerId: answerId },
    answers: answers.map((answer) => (answer.isAccepted === (answer.id === answerId) ? answer : { ...answer, isAccepted: answer.id === answerId })),
    seen,
  };
}
