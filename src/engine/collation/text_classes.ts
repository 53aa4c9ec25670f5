/**
 * Which texts are equal under a collation.
 *
 * A collator can compare two texts, but JavaScript's gives no sort keys, so there is nothing to
 * look an equal text up by. Here the classes of equal texts are kept instead, in the collator's
 * order; each goes by the first of its texts that was met. Finding the class of a text is a search
 * by halves. What is met once is remembered for good: a few dozen bytes for each text.
 */
export class TextClasses {
  readonly #compare: (a: string, b: string) => number
  /** One text of each class, ascending. */
  readonly #classes: string[] = []
  /** The class of each text that was met. */
  readonly #known = new Map<string, string>()

  constructor(compare: (a: string, b: string) => number) {
    this.#compare = compare
  }

  /** The text that stands for all that are equal to this one. */
  representativeOf(text: string): string {
    const known = this.#known.get(text)
    if (known !== undefined) return known
    const classes = this.#classes
    const at = this.#placeOf(text)
    const found = classes[at]
    const isKnownClass = found !== undefined && this.#compare(found, text) === 0
    const representative = isKnownClass ? found : text
    if (!isKnownClass) classes.splice(at, 0, text)
    this.#known.set(text, representative)
    return representative
  }

  /** The same, but a text that was not met before is not remembered. */
  lookUp(text: string): string {
    const known = this.#known.get(text)
    if (known !== undefined) return known
    const found = this.#classes[this.#placeOf(text)]
    return found !== undefined && this.#compare(found, text) === 0 ? found : text
  }

  /** Where the class of a text is among all of them, or would be. */
  #placeOf(text: string): number {
    const classes = this.#classes
    let low = 0
    let high = classes.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#compare(classes[middle]!, text) < 0) low = middle + 1
      else high = middle
    }
    return low
  }
}
