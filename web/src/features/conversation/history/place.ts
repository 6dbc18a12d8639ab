// Where a reader is in a list whose heights become known while they read.
//
// A place is a row and how far into it the upper edge of the view is. When rows above grow, shrink or arrive, the place stays
// and everything else moves. While somebody scrolls, the scroll position itself is left alone (changing it would stop a
// finger's swing or a wheel's glide): what the rows above differ from the guess is kept as a `drift` of the space above
// them, and taken out when the scrolling rests or the top comes near.

import type { Heights } from "./heights";

export interface Place {
  key: string;
  within: number;
}

export interface Layout {
  first: number;
  last: number;
  above: number;
  below: number;
}

export const AT_BOTTOM = 48;

export class Viewport {
  /** What the scrolling element says, or is to be told (see `wanted`). */
  scrollTop = 0;
  height = 0;
  isAtBottom = true;
  #place: Place | null = null;
  #near = 0;
  #drift = 0;
  #wanted: number | null = null;

  constructor(
    private readonly heights: Heights,
    private readonly overscan: number,
  ) {}

  get place(): Place | null {
    return this.isAtBottom ? null : this.#place;
  }

  /** The model's height at which the view begins. */
  get top(): number {
    return this.scrollTop - this.#drift;
  }

  /** The position the scrolling element is to be given, once; null when it is right. */
  takeWanted(): number | null {
    const wanted = this.#wanted;
    this.#wanted = null;
    return wanted;
  }

  resized(height: number): void {
    this.height = height;
    this.update(true);
  }

  /**
   * Somebody scrolled, or the element did as it was told, or could not stay where it was since it has become higher, or what is
   * in it lower: that may be heard of before `resized` or the measures, and is no scrolling away from the bottom. `left` is how
   * far the element says that it is from its end.
   */
  scrolled(scrollTop: number, height = this.height, left = Number.POSITIVE_INFINITY): void {
    this.scrollTop = scrollTop;
    this.height = height;
    const isLeft = this.heights.total - this.top - this.height >= AT_BOTTOM;
    this.isAtBottom = !isLeft || (this.isAtBottom && left < AT_BOTTOM);
    this.#remember();
  }

  /** Rows came, went or were measured. `isResting` is whether the scroll position may be changed. */
  update(isResting: boolean): void {
    if (this.isAtBottom) return this.#jump(Math.max(0, this.heights.total - this.height));
    const place = this.#place;
    const index = place === null ? -1 : this.heights.indexOf(place.key, this.#near);
    if (place === null || index === -1) return this.#jump(this.#clamped(this.top));
    this.#near = index;
    const top = this.heights.offset(index) + place.within;
    this.#drift = this.scrollTop - top;
    if (this.#drift === 0) return;
    const { first, above } = this.layout();
    if (isResting || first === 0 || above < 0) this.#jump(top);
  }

  toBottom(): void {
    this.isAtBottom = true;
    this.update(true);
  }

  goTo({ key, within }: Place): void {
    const index = this.heights.indexOf(key, this.#near);
    if (index === -1) return;
    const end = this.heights.total - this.height;
    const top = this.#clamped(this.heights.offset(index) + within);
    this.isAtBottom = end - top < AT_BOTTOM;
    this.#jump(top);
    this.#remember();
    if (!this.isAtBottom) this.#place = { key, within };
  }

  layout(): Layout {
    const [first, last] = this.heights.range(this.top - this.overscan, this.top + this.height + this.overscan);
    return {
      first,
      last,
      above: this.heights.count === 0 ? 0 : this.heights.offset(first) + this.#drift,
      below: this.heights.total - this.heights.offset(last),
    };
  }

  /** Whether the lower edge of this row is in view. */
  shows(index: number): boolean {
    return this.heights.offset(index + 1) <= this.top + this.height + 4;
  }

  #jump(top: number): void {
    this.#drift = 0;
    if (Math.abs(top - this.scrollTop) < 0.5) return;
    this.scrollTop = top;
    this.#wanted = top;
  }

  #remember(): void {
    let index = this.heights.at(this.top);
    while (this.heights.isLoose(index) && index < this.heights.count - 1) index += 1;
    this.#near = Math.max(index, 0);
    this.#place = index === -1 ? null : { key: this.heights.keyAt(index), within: this.top - this.heights.offset(index) };
  }

  #clamped(top: number): number {
    return Math.max(0, Math.min(top, this.heights.total - this.height));
  }
}
