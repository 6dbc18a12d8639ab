// What tabs tell each other (see tabs.ts).

import type { Draft, OutboxFile } from "./types";

export type Word =
  | { about: "outbox"; clientMessageId: string }
  | { about: "progress"; clientMessageId: string; files: OutboxFile[] }
  | { about: "draft"; id: number; draft: Draft | null }
  | { about: "chosen"; id: number }
  | { about: "signed_out" };
