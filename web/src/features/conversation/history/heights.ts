// Where each row of a long list stands, from measured heights and, until a row was on the screen, from a guess. Ten
// thousand rows are walked in a few microseconds: numbers in arrays, and nothing is looked up by key that has an index.

export interface Row {
  /** Stays the same for as long as the row means the same thing. */
  readonly key: string;
  /** A guess of its height in pixels. */
  readonly estimate: number;
  /** It may come to stand elsewhere (the line of a day, before its first message that is known): no place to hold on to. */
  readonly isLoose?: boolean;
}

export class Heights {
  #rows: readonly Row[] = [];
  #heights = new Float64Array(0);
  /** Right up to and with #valid; what is behind is summed when it is asked for. */
  #offsets = new Float64Array(1);
  #valid = 0;
  readonly #measured = new Map<string, number>();

  get count(): number {
    return this.#rows.length;
  }

  get total(): number {
    return this.offset(this.#rows.length);
  }

  /** True when they are others than before. */
  setRows(rows: readonly Row[]): boolean {
    if (rows === this.#rows) return false;
    const before = this.#rows;
    // Where they begin alike, heights and sums stay.
    let same = 0;
    while (same < rows.length && same < before.length && rows[same]?.key === before[same]?.key) same += 1;
    this.#rows = rows;
    this.#grow(rows.length);
    for (let index = same; index < rows.length; index++) this.#heights[index] = this.#known(rows[index] as Row);
    this.#valid = Math.min(this.#valid, same);
    return true;
  }

  /** True when it differs from what was thought. */
  measure(key: string, height: number, near = 0): boolean {
    if (Math.abs((this.#measured.get(key) ?? -1) - height) < 0.5) return false;
    this.#measured.set(key, height);
    const index = this.indexOf(key, near);
    if (index === -1) return false;
    this.#heights[index] = height;
    this.#valid = Math.min(this.#valid, index);
    return true;
  }

  /** The width changed: only what is on the screen will be measured again. */
  forget(): void {
    this.#measured.clear();
    for (let index = 0; index < this.#rows.length; index++) this.#heights[index] = (this.#rows[index] as Row).estimate;
    this.#valid = 0;
  }

  heightOf(index: number): number {
    return this.#heights[index] ?? 0;
  }

  /** The upper edge of row `index`; of the row after the last one, the height of all. */
  offset(index: number): number {
    for (; this.#valid < index; this.#valid++) {
      this.#offsets[this.#valid + 1] = (this.#offsets[this.#valid] as number) + (this.#heights[this.#valid] as number);
    }
    return this.#offsets[index] ?? 0;
  }

  /** The row at `y`; the first or last one beyond the ends; -1 without rows. */
  at(y: number): number {
    let low = 0;
    let high = this.#rows.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.offset(middle) <= y) low = middle;
      else high = middle - 1;
    }
    return high === -1 ? -1 : low;
  }

  isLoose(index: number): boolean {
    return this.#rows[index]?.isLoose === true;
  }

  keyAt(index: number): string {
    return this.#rows[index]?.key ?? "";
  }

  /** Looks around `near` first: a row seldom goes far. */
  indexOf(key: string, near: number): number {
    const { length } = this.#rows;
    const start = Math.min(Math.max(near, 0), Math.max(length - 1, 0));
    for (let step = 0; step < length; step++) {
      if (this.#rows[start + step]?.key === key) return start + step;
      if (this.#rows[start - step]?.key === key) return start - step;
    }
    return -1;
  }

  /** Rows that touch the span from `top` to `bottom`: from the first to before the second. */
  range(top: number, bottom: number): readonly [number, number] {
    if (this.#rows.length === 0) return [0, 0];
    return [this.at(top), this.at(bottom) + 1];
  }

  #known(row: Row): number {
    return this.#measured.get(row.key) ?? row.estimate;
  }

  #grow(count: number): void {
    if (this.#heights.length >= count) return;
    const [heights, offsets] = [this.#heights, this.#offsets];
    this.#heights = new Float64Array(Math.ceil(count * 1.5));
    this.#offsets = new Float64Array(Math.ceil(count * 1.5) + 1);
    this.#heights.set(heights);
    this.#offsets.set(offsets);
  }
}
