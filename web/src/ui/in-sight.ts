/** As a ref of one in a row that scrolls sideways: moves the row only, never the page. */
export function inSight(one: HTMLElement | null): void {
  const row = one?.parentElement;
  if (one == null || row == null) return;
  row.scrollLeft = one.offsetLeft - row.offsetLeft - (row.clientWidth - one.clientWidth) / 2;
}
