// How long the other one takes to answer, by what is on the screen already: a fact of this conversation, not a promise.

import type { Message } from "../types";

const LEAST = 3;
const LOOKED_AT = 200;

/** The median in milliseconds from one's first unanswered message to the answer; null with fewer than three answers. */
export function usualReply(messages: readonly Message[], me: number): number | null {
  const times: number[] = [];
  let asked: number | null = null;
  for (const { senderId, sentAt, type } of messages.slice(-LOOKED_AT)) {
    if (type === "system") continue;
    const at = Date.parse(sentAt);
    if (senderId === me) asked ??= at;
    else if (asked !== null) {
      times.push(at - asked);
      asked = null;
    }
  }
  return times.length < LEAST ? null : (times.toSorted((a, b) => a - b)[times.length >> 1] ?? null);
}

const HOUR = 3_600_000;

/** In the unit in which one would say it. */
export function inWords(milliseconds: number): { unit: "replyMinutes" | "replyHours" | "replyDays"; count: number } {
  if (milliseconds < HOUR) return { unit: "replyMinutes", count: Math.max(5, Math.ceil(milliseconds / 300_000) * 5) };
  if (milliseconds <= 48 * HOUR) return { unit: "replyHours", count: Math.round(milliseconds / HOUR) };
  return { unit: "replyDays", count: Math.round(milliseconds / (24 * HOUR)) };
}
