/** What a group makes of one expression over all of its documents. */
export interface Accumulator {
  /** @param value of the expression for one document; undefined where there is none */
  add(value: unknown): void
  /** Undefined where there is nothing to tell; the group prints null. */
  value(): unknown
}
