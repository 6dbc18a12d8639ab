// For screens whose data is theirs alone: loaded by REST when they open, gone when they close.

import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { isMessagingError, type MessagingError } from "@/sdk/errors";

export interface Resource<Data> {
  /** What was there before stays until what was asked for comes. */
  data: Data | null;
  error: MessagingError | null;
  isLoading: boolean;
  reload: () => void;
  /** Puts something in its place, such as the answer to a change. */
  set: (data: Data) => void;
}

/** What `load` gives; loaded again when `load` is another function (useCallback), what came too late is dropped. */
export function useResource<Data>(load: (signal: AbortSignal) => Promise<Data>): Resource<Data> {
  const [turn, setTurn] = useState(0);
  const request = useMemo(() => ({ load, turn }), [load, turn]);
  const [state, setState] = useState<{ of: object | null; data: Data | null; error: MessagingError | null }>({
    of: null,
    data: null,
    error: null,
  });
  useEffect(() => {
    const abort = new AbortController();
    request.load(abort.signal).then(
      (data) => {
        if (!abort.signal.aborted) setState({ of: request, data, error: null });
      },
      (reason: unknown) => {
        if (abort.signal.aborted) return;
        const error = expected(reason);
        setState((before) => ({ of: request, data: before.data, error }));
      },
    );
    return () => abort.abort();
  }, [request]);
  return {
    data: state.data,
    error: state.error,
    isLoading: state.of !== request,
    reload: useCallback(() => setTurn((before) => before + 1), []),
    set: useCallback((data) => setState((before) => ({ of: before.of, data, error: null })), []),
  };
}

export interface Page<Item> {
  items: Item[];
  hasMore: boolean;
  next: string | number | null;
}

export interface Pages<Item> {
  items: Item[];
  error: MessagingError | null;
  isLoading: boolean;
  hasMore: boolean;
  loadMore: () => void;
  reload: () => void;
  /** Changes the items that are there. */
  update: (change: (items: Item[]) => Item[]) => void;
}

interface PagesState<Item> {
  of: object | null;
  items: Item[];
  error: MessagingError | null;
  next: string | null;
  isLoadingMore: boolean;
}

type LoadPage<Item> = (before: string | undefined, signal: AbortSignal) => Promise<Page<Item>>;

/** A keyset list, page after page. `load` is asked anew from the start when it is another function (useCallback). */
export function usePages<Item>(load: LoadPage<Item>): Pages<Item> {
  const [turn, setTurn] = useState(0);
  const request = useMemo(() => ({ load, turn }), [load, turn]);
  const [state, setState] = useState<PagesState<Item>>({ of: null, items: [], error: null, next: null, isLoadingMore: false });
  const running = useRef<AbortController | null>(null);

  const ask = useCallback(
    async (before: string | null) => {
      running.current?.abort();
      const abort = new AbortController();
      running.current = abort;
      let change: (known: PagesState<Item>) => PagesState<Item>;
      try {
        const page = await request.load(before ?? undefined, abort.signal);
        const next = page.hasMore && page.next !== null ? String(page.next) : null;
        const of = request;
        change = ({ items }) => ({
          of,
          items: before === null ? page.items : [...items, ...page.items],
          error: null,
          next,
          isLoadingMore: false,
        });
      } catch (reason) {
        if (abort.signal.aborted) return;
        const error = expected(reason);
        change = (known) => ({ ...known, of: request, error, isLoadingMore: false });
      }
      if (!abort.signal.aborted) setState(change);
    },
    [request],
  );

  useEffect(() => {
    // oxlint-disable-next-line react/set-state-in-effect -- it is set when the answer is there
    void ask(null);
    return () => running.current?.abort();
  }, [ask]);

  const isLoading = state.of !== request || state.isLoadingMore;
  const { next } = state;
  return {
    items: state.items,
    error: state.error,
    isLoading,
    hasMore: next !== null,
    loadMore: useCallback(() => {
      if (next === null || isLoading) return;
      setState((known) => ({ ...known, isLoadingMore: true }));
      void ask(next);
    }, [ask, next, isLoading]),
    reload: useCallback(() => setTurn((before) => before + 1), []),
    update: useCallback((change) => setState((known) => ({ ...known, items: change(known.items) })), []),
  };
}

/** A mistake of ours is no state of a screen. */
function expected(error: unknown): MessagingError {
  if (isMessagingError(error)) return error;
  throw error;
}
