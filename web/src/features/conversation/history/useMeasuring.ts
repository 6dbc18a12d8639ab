import { type RefObject, useEffect, useRef } from "react";

interface Options {
  list: RefObject<HTMLElement | null>;
  /** True when one of them is news. */
  onHeights: (measured: readonly (readonly [key: string, height: number])[]) => boolean;
  /** A row changed by itself: a picture came, a quote was unfolded. */
  onLater: () => void;
}

/** Measures the rows of a list: new ones when the returned function is called, those that change later by themselves. */
export function useMeasuring({ list, onHeights, onLater }: Options): () => void {
  const observed = useRef(new Set<Element>());
  const observer = useRef<ResizeObserver | null>(null);
  const latest = useRef({ onHeights, onLater });
  latest.current = { onHeights, onLater };

  useEffect(() => () => observer.current?.disconnect(), []);

  return () => {
    observer.current ??= new ResizeObserver((entries) => {
      const measured = entries.filter((entry) => entry.target.isConnected).map((entry) => heightOf(entry.target));
      if (latest.current.onHeights(measured)) latest.current.onLater();
    });
    const rows = new Set<Element>(list.current?.children ?? []);
    for (const row of observed.current) {
      if (rows.has(row)) continue;
      observer.current.unobserve(row);
      observed.current.delete(row);
    }
    const fresh = [...rows].filter((row) => !observed.current.has(row));
    latest.current.onHeights(fresh.map(heightOf));
    for (const row of fresh) {
      observed.current.add(row);
      observer.current.observe(row);
    }
  };
}

function heightOf(row: Element): readonly [string, number] {
  return [(row as HTMLElement).dataset["key"] ?? "", row.getBoundingClientRect().height];
}
