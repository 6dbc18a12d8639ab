import {
  type CSSProperties,
  type ReactNode,
  type Ref,
  type UIEvent,
  useCallback,
  useImperativeHandle,
  useLayoutEffect,
  useReducer,
  useRef,
} from "react";
import { flushSync } from "react-dom";
import { Heights, type Row } from "./heights";
import { type Layout, type Place, Viewport } from "./place";
import { useMeasuring } from "./useMeasuring";

const OVERSCAN = 700;
const RESTS_AFTER_MS = 160;
/** So many rows may be rendered beyond what is wanted before they are taken out. */
const SLACK = 20;

/** What is on the screen now. */
export interface View {
  isAtBottom: boolean;
  /** The topmost row that is at least partly in view, and the last one that is wholly. */
  firstIndex: number;
  lastIndex: number;
  atTop: boolean;
  nearTop: boolean;
  nearBottom: boolean;
}

export interface ListHandle {
  toBottom: () => void;
  /** `within`: how far below the row's upper edge the view begins; negative leaves space above. False: no such row. */
  goTo: (place: Place) => boolean;
  /** Null at the bottom. */
  place: () => Place | null;
  height: () => number;
  isRendered: (key: string) => boolean;
  /** Gives this row the focus, and shows it whole. */
  reveal: (key: string) => void;
}

interface Props<R extends Row> {
  rows: readonly R[];
  render: (row: R, index: number) => ReactNode;
  /** Where to begin; null: at the bottom. */
  start: Place | null;
  onView: (view: View) => void;
  label: string;
  className: string | undefined;
  listClassName: string | undefined;
  handle: Ref<ListHandle>;
}

/** A plain list of which only what is near the view is in the document. It holds the reader's place (see place.ts). */
export function VirtualList<R extends Row>({ rows, render, start, onView, label, className, listClassName, handle }: Props<R>) {
  const [, again] = useReducer((count: number) => count + 1, 0);
  const { heights, viewport } = useModel();
  const scroller = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLOListElement>(null);
  const lastScroll = useRef(0);
  const resting = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const startAt = useRef<Place | null>(start);
  const told = useRef("");
  const hasFocus = useRef(false);

  // The model follows the rows while they are rendered, so that what is rendered is what will be in view.
  if (heights.setRows(rows)) viewport.update(rests(lastScroll.current));
  const layout = viewport.layout();

  /** The place to be, as far as it is known by now; what is told to the document at once. */
  const settle = useCallback(() => {
    const element = scroller.current;
    if (element === null) return;
    if (startAt.current !== null && heights.indexOf(startAt.current.key, 0) !== -1 && viewport.height > 0) {
      viewport.goTo(startAt.current);
    } else {
      viewport.update(rests(lastScroll.current));
    }
    const wanted = viewport.takeWanted();
    if (wanted !== null) element.scrollTop = wanted;
  }, [heights, viewport]);

  const measure = useMeasuring({
    list,
    onHeights: (measured) => {
      let isNew = false;
      for (const [key, height] of measured) isNew = heights.measure(key, height, viewport.layout().first) || isNew;
      return isNew;
    },
    onLater: () => flushSync(again),
  });

  // Measured rows may be smaller than guessed and leave room for more: then the list is rendered again before it is painted.
  // oxlint-disable-next-line react-hooks/exhaustive-deps -- after each render: it ends once everything in view is measured
  useLayoutEffect(() => {
    measure();
    settle();
    if (!isSame(viewport.layout(), layout)) return again();
    if (startAt.current !== null && heights.indexOf(startAt.current.key, layout.first) !== -1) startAt.current = null;
    tell();
    // What had the focus may have gone out of the document: the keyboard stays in the history.
    if (hasFocus.current && document.activeElement === document.body) scroller.current?.focus({ preventScroll: true });
  });

  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    let width = 0;
    const observer = new ResizeObserver(() => {
      if (width !== element.clientWidth && width !== 0) heights.forget();
      width = element.clientWidth;
      viewport.resized(element.clientHeight);
      settle();
      flushSync(again);
    });
    viewport.resized(element.clientHeight);
    observer.observe(element);
    return () => observer.disconnect();
  }, [heights, viewport, settle]);

  useLayoutEffect(() => () => clearTimeout(resting.current), []);

  function scrolled(event: UIEvent<HTMLDivElement>) {
    const { scrollTop, clientHeight, scrollHeight } = event.currentTarget;
    // The echo of what the program did is no scrolling.
    if (Math.abs(scrollTop - viewport.scrollTop) < 1) return;
    lastScroll.current = performance.now();
    viewport.scrolled(scrollTop, clientHeight, scrollHeight - clientHeight - scrollTop);
    clearTimeout(resting.current);
    resting.current = setTimeout(again, RESTS_AFTER_MS + 20);
    const next = viewport.layout();
    const isOutside = next.first < layout.first || next.last > layout.last;
    if (isOutside || next.first - layout.first > SLACK || layout.last - next.last > SLACK) flushSync(again);
    else tell();
  }

  function tell() {
    const first = heights.at(viewport.top);
    let lastIndex = heights.at(viewport.top + viewport.height);
    if (lastIndex !== -1 && !viewport.shows(lastIndex)) lastIndex -= 1;
    const view: View = {
      isAtBottom: viewport.isAtBottom,
      firstIndex: first,
      lastIndex,
      atTop: viewport.top < 8,
      nearTop: viewport.top < 1.5 * viewport.height,
      nearBottom: heights.total - viewport.top - viewport.height < 1.5 * viewport.height,
    };
    const key = `${view.isAtBottom} ${first} ${lastIndex} ${view.atTop} ${view.nearTop} ${view.nearBottom} ${rows.length}`;
    if (key === told.current || viewport.height === 0) return;
    told.current = key;
    onView(view);
  }

  useImperativeHandle(handle, () => ({
    toBottom: () => {
      startAt.current = null;
      viewport.toBottom();
      again();
    },
    goTo: (place) => {
      if (heights.indexOf(place.key, 0) === -1) return false;
      startAt.current = place;
      again();
      return true;
    },
    place: () => viewport.place,
    height: () => viewport.height,
    isRendered: (key) => isRendered(heights.indexOf(key, layout.first), viewport.layout()),
    reveal: (key) => {
      const index = heights.indexOf(key, layout.first);
      if (!isRendered(index, viewport.layout())) {
        startAt.current = { key, within: -viewport.height / 2 };
        flushSync(again);
      }
      const row = list.current?.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`);
      row?.scrollIntoView({ block: "nearest" });
      row?.querySelector<HTMLElement>("[data-row-focus]")?.focus({ preventScroll: true });
    },
  }));

  const space: CSSProperties = { paddingTop: Math.max(0, layout.above), paddingBottom: Math.max(0, layout.below) };
  return (
    <div
      ref={scroller}
      className={className}
      onScroll={scrolled}
      onFocus={() => {
        hasFocus.current = true;
      }}
      onBlur={() => {
        hasFocus.current = false;
      }}
      tabIndex={-1}
      data-scroller=""
    >
      <ol ref={list} aria-label={label} className={listClassName} style={space}>
        {rows.slice(layout.first, layout.last).map((row, index) => (
          <li key={row.key} data-key={row.key}>
            {render(row, layout.first + index)}
          </li>
        ))}
      </ol>
    </div>
  );
}

function rests(lastScroll: number): boolean {
  return performance.now() - lastScroll > RESTS_AFTER_MS;
}

function isRendered(index: number, { first, last }: Layout): boolean {
  return index >= first && index < last;
}

function isSame(a: Layout, b: Layout): boolean {
  return a.first === b.first && a.last === b.last && Math.abs(a.above - b.above) < 0.5 && Math.abs(a.below - b.below) < 0.5;
}

function useModel() {
  const model = useRef<{ heights: Heights; viewport: Viewport }>(null);
  if (model.current === null) {
    const heights = new Heights();
    model.current = { heights, viewport: new Viewport(heights, OVERSCAN) };
  }
  return model.current;
}
