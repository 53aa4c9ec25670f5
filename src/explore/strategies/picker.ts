import type { Footprints } from '../footprint/footprints.ts'
import type { Thread } from '../schedule_text.ts'

/**
 * Picks who goes next, schedule after schedule. One file of this folder for each way to do it.
 */
export interface Picker {
  /** Whether time may pass while somebody is ready: then `TIME` is among the choices. */
  readonly offersTime: boolean
  /** A schedule begins. @returns false where there is none left to try */
  begin(): boolean
  /**
   * @param ready who can go next, in a stable order; valid during the call only
   * @param count how many of `ready` count
   * @param step how many were picked before in this schedule
   * @returns an index into `ready`
   */
  pick(ready: readonly Thread[], count: number, step: number): number
  /** The schedule is over. @param picks who was picked, step by step; valid during the call only */
  end(picks: readonly Thread[]): void
  /** What it must know of each step, if anything. */
  readonly footprints?: Footprints
  /** How many interleavings there are, once it has come to its end and knows. */
  readonly total?: number | undefined
  /** What it promises to find, if anything. */
  readonly bound?: { readonly depth: number; readonly probability: number } | undefined
}
