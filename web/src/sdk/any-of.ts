/** Aborts with the first of them. `AbortSignal.any` does the same, in Safari and Firefox from March 2024 on only.
 *
 * They may live as long as the page: `release` when it does not matter any more, or they hold it as long. */
export function anyOf(signals: readonly AbortSignal[]): { signal: AbortSignal; release(): void } {
  const either = new AbortController();
  const released = new AbortController();
  const release = () => released.abort();
  for (const signal of signals) {
    if (signal.aborted) either.abort(signal.reason);
    else signal.addEventListener("abort", () => either.abort(signal.reason), { once: true, signal: released.signal });
  }
  // Heard no more once one of them has said it.
  either.signal.addEventListener("abort", release, { once: true });
  return { signal: either.signal, release };
}
