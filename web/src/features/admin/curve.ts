// The shape of a small chart. Pure.

/** The window that is shown, in values, so that the curve does not stretch while it is young. */
export const SHOWN = 60;
export const WIDTH = 300;
export const HEIGHT = 100;

/** The lowest round number that none of them is above: 1, 2, 5, 10, 20, 50 … */
export function topOf(values: readonly number[]): number {
  const most = Math.max(1, ...values);
  const power = 10 ** Math.floor(Math.log10(most));
  return ([1, 2, 5].find((step) => step * power >= most) ?? 10) * power;
}

/** Latest to the right. */
export function pointsOf(values: readonly number[], top: number): [number, number][] {
  return values.map((value, place) => [
    round(WIDTH - ((values.length - 1 - place) / (SHOWN - 1)) * WIDTH),
    round(HEIGHT - (value / top) * HEIGHT),
  ]);
}

function round(number: number): number {
  return Math.round(number * 10) / 10;
}
