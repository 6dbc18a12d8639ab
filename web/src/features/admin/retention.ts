// What the parts of a look at retention come to. Pure.

import type { Retention, RetentionAmount, RetentionOfKind, ShreddedOnDay } from "@/sdk/contract";

export const STATES = ["due", "held", "soon", "shredded"] as const;
export type State = (typeof STATES)[number];

const YEAR = 365.25;
const NOTHING: RetentionAmount = { conversations: 0, messages: 0 };

/** One call of the server has its time; the next one tells of the conversations after those. */
export async function whole(load: (after: string | undefined) => Promise<Retention>): Promise<Retention> {
  let seen = await load(undefined);
  while (seen.next !== null) seen = both(seen, await load(seen.next));
  return seen;
}

function both(one: Retention, other: Retention): Retention {
  const kinds = one.kinds.map((of): RetentionOfKind => {
    const more = other.kinds.find(({ kind }) => kind === of.kind);
    return more === undefined ? of : { ...of, due: sum([of.due, more.due]), held: sum([of.held, more.held]), soon: sum([of.soon, more.soon]) };
  });
  return { ...other, kinds, shredded: [...one.shredded, ...other.shredded] };
}

export function sum(amounts: readonly RetentionAmount[]): RetentionAmount {
  return amounts.reduce(
    (all, one) => ({ conversations: all.conversations + one.conversations, messages: all.messages + one.messages }),
    NOTHING,
  );
}

/** Latest day first, all kinds together. */
export function daysOf(shredded: readonly ShreddedOnDay[]): { day: string; conversations: number }[] {
  const days = new Map<string, number>();
  for (const { day, conversations } of shredded) days.set(day, (days.get(day) ?? 0) + conversations);
  return [...days].map(([day, conversations]) => ({ day, conversations })).toSorted((a, b) => (a.day < b.day ? 1 : -1));
}

/** In years where it comes to whole ones, but for leap days. */
export function spanOf(days: number): { count: number; unit: "year" | "day" } {
  const years = Math.round(days / YEAR);
  return years > 0 && Math.abs(days - years * YEAR) <= 2 ? { count: years, unit: "year" } : { count: days, unit: "day" };
}

/** The moment of the next run, where it is still to come. */
export function nextRun({ job }: Retention, now = new Date()): string | null {
  return job !== null && new Date(job.dueAt) > now ? job.dueAt : null;
}

/** A run that should have begun, with as much time again for it: nobody does the job. */
export function isForsaken({ job, everySeconds, runsHere }: Retention, now = new Date()): boolean {
  if (job === null) return !runsHere;
  return !job.running && now.getTime() - new Date(job.dueAt).getTime() > everySeconds * 1_000;
}
