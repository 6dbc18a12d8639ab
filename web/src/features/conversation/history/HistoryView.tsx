import { type Ref, useCallback, useEffect, useImperativeHandle, useLayoutEffect, useRef, useState } from "react";
import { useConnection, type useConversation, useMessaging, useSelected } from "@/hooks";
import { useTexts } from "@/i18n";
import { Button, EmptyState, Loading } from "@/ui";
import { BubbleView } from "../message/BubbleView";
import { BeginningLine, DayLine, SystemLine, UnreadLine } from "../message/Lines";
import { texts } from "../texts";
import type { Bubble, HistoryRow } from "../types";
import { Announcer } from "./Announcer";
import { Early, useEarly } from "./Early";
import styles from "./History.module.css";
import { keepPlace, placeIn } from "./places";
import { StickyDay } from "./StickyDay";
import { ToLatest } from "./ToLatest";
import { useFirstJump } from "./useFirstJump";
import { usePages } from "./usePages";
import { useRoving } from "./useRoving";
import { useRows } from "./useRows";
import { type ListHandle, type View, VirtualList } from "./VirtualList";

export interface HistoryHandle {
  toBottom: () => void;
  goTo: (seq: number) => void;
  /** One's own last message that can still be changed. */
  lastOwn: (isFit: (bubble: Bubble) => boolean) => Bubble | null;
}

interface Props {
  id: number;
  me: number;
  name: string;
  participants: ReturnType<typeof useConversation>["participants"];
  focusSeq: number | undefined;
  toComposer: () => void;
  /** A place that was asked for could not be loaded. */
  failed: (error: unknown) => void;
  active: string | null;
  handle: Ref<HistoryHandle>;
}

const HIGHLIGHTED_MS = 2_500;

export function HistoryView({ id, me, name, participants, focusSeq, toComposer, failed, active, handle }: Props) {
  const t = useTexts(texts);
  const messaging = useMessaging();
  const { rows, messages, unread } = useRows(id, me, participants);
  const { status, items, hasOlder, hasNewer, lastSeq, loadOlder, loadNewer, jumpTo, jumpToLatest } = messages;
  const list = useRef<ListHandle>(null);
  const [view, setView] = useState<View | null>(null);
  const [called, setCalled] = useState<number | null>(null);
  const isOnline = useConnection().status === "online";
  const unreadCount = useSelected((state) => state.conversations[id]?.unreadCount);
  const goal = useRef<number | null>(focusSeq ?? null);
  const roving = useRoving({ rows, list, active, lastIndex: view?.lastIndex ?? rows.length - 1, leave: toComposer });

  // What was unread may begin before what was loaded.
  const firstSeq = items[0]?.seq ?? 1;
  const firstWanted = focusSeq ?? (unread !== null && unread.from < unread.upTo ? unread.from + 1 : null);
  const isKnown = status === "ready" && (unread !== null || unreadCount === 0 || !isOnline);
  const isLoaded = firstWanted === null || firstWanted >= firstSeq || !hasOlder;
  const first = useFirstJump(isKnown, isLoaded ? null : firstWanted, jumpTo);
  // It may be there no more: then it opens around where it was.
  const isOpen = useOnce(isKnown && (isLoaded || first.state === "done"));

  const goTo = useCallback(
    (seq: number) => {
      goal.current = seq;
      jumpTo(seq).then(() => setCalled(seq), failed);
    },
    [jumpTo, failed],
  );
  useEffect(() => {
    if (focusSeq !== undefined && isOpen) goTo(focusSeq);
  }, [focusSeq, isOpen, goTo]);

  // The place is there once its rows are.
  useEffect(() => {
    const seq = goal.current;
    const key = seq === null || called !== seq ? undefined : keyOfSeq(rows, seq);
    if (key === undefined || list.current === null) return;
    goal.current = null;
    list.current.goTo({ key, within: -list.current.height() / 3 });
    const timer = setTimeout(() => setCalled(null), HIGHLIGHTED_MS);
    return () => clearTimeout(timer);
  }, [rows, called, isOpen]);

  // While the list is still there to be asked: other effects end after it is gone.
  useLayoutEffect(() => {
    const current = list;
    return () => keepPlace(id, current.current?.place() ?? null);
  }, [id]);

  const looked = useCallback(
    (next: View) => {
      setView(next);
      const seq = lastSeqUpTo(rows, next.lastIndex);
      if (seq !== null) messaging.seen(id, seq);
    },
    [rows, messaging, id],
  );

  const isLoadingOlder = usePages(view?.nearTop === true && hasOlder && isOnline, loadOlder, rows);
  usePages(view?.nearBottom === true && hasNewer && isOnline, loadNewer, rows);

  function toBottom() {
    if (hasNewer) jumpToLatest().then(() => list.current?.toBottom(), failed);
    else list.current?.toBottom();
  }

  useImperativeHandle(handle, () => ({
    toBottom,
    goTo,
    lastOwn: (isFit) => {
      const found = rows.findLast((row) => row.kind === "bubble" && row.isMine && isFit(row));
      return found?.kind === "bubble" ? found : null;
    },
  }));

  const early = useEarly(rows, isOpen);

  const again = status === "failed" && items.length === 0 ? messages.reload : !isOpen && first.state === "failed" ? first.again : null;
  if (again !== null) {
    return (
      <div className={styles.middle}>
        <EmptyState title={t("loadFailed")} action={<Button onClick={() => void again()}>{t("retryLoad")}</Button>} />
        <Early rows={early} label={t("history")} />
      </div>
    );
  }
  if (!isOpen) {
    return (
      <div className={styles.middle}>
        <Loading text={t("loading")} />
        <Early rows={early} label={t("history")} />
      </div>
    );
  }
  return (
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions -- it hears the keys of the messages within
    <div className={styles.middle} onKeyDown={roving.pressed}>
      {rows.length === 0 ? (
        <EmptyState title={t("empty")} text={`${t("emptyHint", { name })} ${t("whoReads", { name })}`} />
      ) : (
        <VirtualList
          handle={list}
          rows={rows}
          render={(row) => rowView(row, name, roving.key, called)}
          start={startOf(rows, id, focusSeq)}
          onView={looked}
          label={t("history")}
          className={styles.scroller}
          listClassName={styles.list}
        />
      )}
      {isLoadingOlder && view?.atTop === true && (
        <div className={styles.older}>
          <Loading text={t("loadingOlder")} />
        </div>
      )}
      <StickyDay rows={rows} view={view} />
      <ToLatest view={view} hasNewer={hasNewer} unread={unreadCount ?? 0} toBottom={toBottom} />
      <Announcer items={items} me={me} lastSeq={lastSeq} />
    </div>
  );
}

function rowView(row: HistoryRow, name: string, roving: string | null, called: number | null) {
  if (row.kind === "day") return <DayLine iso={row.iso} />;
  if (row.kind === "unread") return <UnreadLine count={row.count} />;
  if (row.kind === "beginning") return <BeginningLine name={name} />;
  const { said } = row;
  if (said.kind === "message" && said.message.type === "system") return <SystemLine message={said.message} />;
  const isHighlighted = called !== null && said.kind === "message" && said.message.seq === called;
  return <BubbleView bubble={row} isActive={row.key === roving} isHighlighted={isHighlighted} />;
}

/** At the first unread, else where one was, else at the latest. */
function startOf(rows: readonly HistoryRow[], id: number, focusSeq: number | undefined) {
  if (focusSeq !== undefined) return null;
  if (rows.some((row) => row.kind === "unread")) return { key: "unread", within: -64 };
  const kept = placeIn(id);
  return kept !== null && rows.some((row) => row.key === kept.key) ? kept : null;
}

function keyOfSeq(rows: readonly HistoryRow[], seq: number): string | undefined {
  return rows.find((row) => row.kind === "bubble" && row.said.kind === "message" && row.said.message.seq === seq)?.key;
}

function lastSeqUpTo(rows: readonly HistoryRow[], index: number): number | null {
  for (let at = Math.min(index, rows.length - 1); at >= 0; at -= 1) {
    const row = rows[at];
    if (row?.kind === "bubble" && row.said.kind === "message") return row.said.message.seq;
  }
  return null;
}

/** Once true, it stays. */
function useOnce(value: boolean): boolean {
  const was = useRef(false);
  was.current ||= value;
  return was.current;
}
