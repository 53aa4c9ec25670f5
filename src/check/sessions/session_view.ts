/** The version that was there before anybody wrote. */
export const INITIAL_VERSION = -1

/** What one step of a transaction did to a key. */
export interface SessionStep {
  readonly key: number
  /** The version that it read of others, or that its transaction left; `INITIAL_VERSION`. */
  readonly version: number
  /** Who wrote that version; -1 for nobody. */
  readonly author: number
  readonly writes: boolean
}

/** A history as its sessions see it: reads and writes of versions, in the order of their steps. */
export interface SessionView {
  /** How many versions there are, of all keys together. */
  readonly versions: number
  /** The steps of a transaction that takes part: of a key that it writes only the last write. */
  stepsOf(transaction: number): readonly SessionStep[]
  /**
   * Whether one version of a key came before another; undefined where nobody knows. Neither is the
   * initial one, and they differ.
   */
  isBefore(earlier: number, later: number): boolean | undefined
}
