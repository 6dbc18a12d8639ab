// Where each row of a long list stands, from measured heights and, until a row was on the screen, from a guess.

export interface Row {
  /** Stays the same for as long as the row means the same thing. */
  readonly key: string;
  /** A guess of its height in pixels. */
  readonly estimate: number;
}

export class Heights {
  #rows: readonly Row[] = [];
  #offsets = new Float64Array(1);
  #places: Map<string, number> | null = null;
  readonly #measured = new Map<string, number>();
  #isStale = false;

  get count(): number {
    return this.#rows.length;
  }

  get total(): number {
    return this.offset(this.#rows.length);
  }

  /** True when they are others than before. */
  setRows(rows: readonly Row[]): boolean {
    if (rows === this.#rows) return false;
    this.#rows = rows;
    this.#places = null;
    this.#isStale = true;
    return true;
  }

  /** True when it differs from what was thought. */
  measure(key: string, height: number): boolean {
    if (Math.abs((this.#measured.get(key) ?? -1) - height) < 0.5) return false;
    this.#measured.set(key, height);
    this.#isStale = true;
    return true;
  }

  /** The width changed: only what is on the screen will be measured again. */
  forget(): void {
    this.#measured.clear();
    this.#isStale = true;
  }

  heightOf(index: number): number {
    const row = this.#rows[index];
    return row === undefined ? 0 : (this.#measured.get(row.key) ?? row.estimate);
  }

  /** The upper edge of row `index`; of the row after the last one, the height of all. */
  offset(index: number): number {
    this.#settle();
    return this.#offsets[index] ?? 0;
  }

  /** The row at `y`; the first or last one beyond the ends; -1 without rows. */
  at(y: number): number {
    this.#settle();
    let low = 0;
    let high = this.#rows.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.offset(middle) <= y) low = middle;
      else high = middle - 1;
    }
    return high === -1 ? -1 : low;
  }

  keyAt(index: number): string {
    return this.#rows[index]?.key ?? "";
  }

  indexOf(key: string): number {
    this.#places ??= new Map(this.#rows.map((row, index) => [row.key, index]));
    return this.#places.get(key) ?? -1;
  }

  /** Rows that touch the span from `top` to `bottom`: from the first to before the second. */
  range(top: number, bottom: number): readonly [number, number] {
    if (this.#rows.length === 0) return [0, 0];
    return [this.at(top), this.at(bottom) + 1];
  }

  #settle(): void {
    if (!this.#isStale) return;
    this.#isStale = false;
    const count = this.#rows.length;
    if (this.#offsets.length < count + 1) this.#offsets = new Float64Array(Math.ceil((count + 1) * 1.5));
    let sum = 0;
    for (let index = 0; index < count; index++) {
      this.#offsets[index] = sum;
      sum += this.heightOf(index);
    }
    this.#offsets[count] = sum;
  }
}
