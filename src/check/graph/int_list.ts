/** A list of 32-bit integers that grows; a plain array of millions costs several times as much. */
export class IntList {
  #items: Int32Array
  #length = 0

  constructor(capacity = 1024) {
    this.#items = new Int32Array(capacity)
  }

  get length(): number {
    return this.#length
  }

  push(item: number): void {
    if (this.#length === this.#items.length) {
      const larger = new Int32Array(this.#length * 2)
      larger.set(this.#items)
      this.#items = larger
    }
    this.#items[this.#length++] = item
  }

  /** The items so far, without a copy; the list may not grow while it is in use. */
  view(): Int32Array {
    return this.#items.subarray(0, this.#length)
  }
}
