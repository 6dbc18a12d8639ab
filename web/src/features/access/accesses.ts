import { dayKey } from "@/i18n";
import type { Access } from "@/sdk/contract";

/** The same person doing the same thing again and again on one day, told once. */
export interface Accesses {
  latest: Access;
  /** Of the first of them. */
  since: string;
  times: number;
}

export interface Day {
  key: string;
  at: string;
  accesses: Accesses[];
}

/** Latest first, as they come; those of one day together. */
export function byDay(items: readonly Access[]): Day[] {
  const days: Day[] = [];
  for (const access of items) {
    const key = dayKey(access.at);
    let day = days.at(-1);
    if (day?.key !== key) {
      day = { key, at: access.at, accesses: [] };
      days.push(day);
    }
    const before = day.accesses.find(({ latest }) => isSame(latest, access));
    if (before === undefined) day.accesses.push({ latest: access, since: access.at, times: access.times });
    else {
      before.since = access.at;
      before.times += access.times;
    }
  }
  return days;
}

function isSame(one: Access, other: Access): boolean {
  return one.userId === other.userId && one.action === other.action && one.reason === other.reason;
}
