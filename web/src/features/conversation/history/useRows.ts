import { useMemo, useRef } from "react";
import { useMessages, useSelected, type useConversation } from "@/hooks";
import { RowBuilder } from "../rows/build";
import type { HistoryRow } from "../types";

export interface History {
  rows: readonly HistoryRow[];
  messages: ReturnType<typeof useMessages>;
  /** After what and up to what was unread when one came; null until that is known. */
  unread: { from: number; upTo: number } | null;
}

/** The rows of a conversation that `useConversation` keeps live. */
export function useRows(id: number, me: number, participants: ReturnType<typeof useConversation>["participants"]): History {
  const messages = useMessages(id);
  const from = useSelected((state) => state.threads[id]?.unreadFrom ?? null);
  const upTo = useSelected((state) => state.threads[id]?.unreadUpTo ?? null);
  const builder = useRef<RowBuilder>(null);
  builder.current ??= new RowBuilder();
  const others = Object.values(participants).filter((person) => person.userId !== me);
  const readSeq = others.length === 0 ? 0 : Math.min(...others.map((person) => person.readSeq));
  const deliveredSeq = others.length === 0 ? 0 : Math.min(...others.map((person) => person.deliveredSeq));
  const { items, waiting, hasOlder, hasNewer } = messages;
  const unread = useMemo(() => (from === null || upTo === null ? null : { from, upTo }), [from, upTo]);
  const rows = useMemo(
    () =>
      (builder.current as RowBuilder).build({
        messages: items,
        waiting: hasNewer ? [] : waiting,
        me,
        marks: { readSeq, deliveredSeq },
        unread,
        isWhole: !hasOlder,
      }),
    [items, waiting, hasNewer, hasOlder, me, readSeq, deliveredSeq, unread],
  );
  return { rows, messages, unread };
}
