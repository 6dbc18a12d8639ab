// Holds the state, and tells who listens, once for all that happened in one go.

import { initialState, reduce } from "./state.js";

export class Store {
  state = initialState;
  #listeners = new Set();
  #scheduled = false;

  dispatch(action) {
    const before = this.state;
    this.state = reduce(before, action);
    if (this.state !== before && !this.#scheduled) {
      this.#scheduled = true;
      queueMicrotask(() => this.#tell());
    }
  }

  subscribe(listener) {
    this.#listeners.add(listener);
    listener(this.state);
    return () => this.#listeners.delete(listener);
  }

  #tell() {
    this.#scheduled = false;
    for (const listener of this.#listeners) listener(this.state);
  }
}
