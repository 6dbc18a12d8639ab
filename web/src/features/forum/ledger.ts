// Lines of the ledger of points, as one says them.

import type { Point } from "@/sdk/contract";

export type PointKind = Point["kind"];

export interface Line {
  kind: PointKind;
  /** What was given before, or taken before, is undone: a vote was taken back, a text removed. */
  isUndone: boolean;
  /** With its sign: "+10", "−2". */
  amount: string;
}

export function lineOf({ kind, amount }: Pick<Point, "kind" | "amount">): Line {
  const isLoss = kind === "downvoted";
  return { kind, isUndone: isLoss ? amount > 0 : amount < 0, amount: signed(amount) };
}

export function signed(amount: number): string {
  if (amount === 0) return "0";
  return `${amount > 0 ? "+" : "−"}${Math.abs(amount)}`;
}
