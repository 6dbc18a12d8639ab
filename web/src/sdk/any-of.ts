/** Aborts with the first of them. `AbortSignal.any` does the same, in Safari and Firefox from March 2024 on only. */
export function anyOf(signals: readonly AbortSignal[]): AbortSignal {
  const either = new AbortController();
  for (const signal of signals) {
    if (signal.aborted) either.abort(signal.reason);
    // Heard no more once one of them has said it: the others may live as long as the page.
    else signal.addEventListener("abort", () => either.abort(signal.reason), { once: true, signal: either.signal });
  }
  return either.signal;
}
