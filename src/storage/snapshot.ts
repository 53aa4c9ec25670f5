import type { TxnId } from './update.ts'

const NOBODY: readonly TxnId[] = []

/**
 * What one reader may see: everything that had committed when it was taken.
 *
 *     ids:        1 .. 6   7   8   9   10   11 ..
 *                 seen     -   +   -   +    not seen
 *                          ^min            ^max          concurrent = [7, 9]
 *
 * Below `min` every transaction had ended, from `max` on none had written yet; in between, the
 * listed ones were still open. Snapshots are shared: until a writer ends, everybody who asks gets
 * the same object, and where nobody else writes it lists nobody and allocates no list.
 */
export class Snapshot {
  readonly min: TxnId
  readonly max: TxnId
  readonly concurrent: readonly TxnId[]
  /** How many commits with modifications had been when it was taken. */
  readonly generation: number
  /**
   * How many readers hold it. While this is positive, what `min` can tell apart is not reclaimed.
   */
  pins = 0
  older: Snapshot | undefined = undefined
  newer: Snapshot | undefined = undefined

  constructor(max: TxnId, concurrent: readonly TxnId[] | undefined, generation: number) {
    this.concurrent = concurrent ?? NOBODY
    this.min = this.concurrent[0] ?? max
    this.max = max
    this.generation = generation
  }
}

/** Whether the transaction had committed when the snapshot was taken. */
export function snapshotIncludes(snapshot: Snapshot, id: TxnId): boolean {
  if (id < snapshot.min) return true
  if (id >= snapshot.max) return false
  const concurrent = snapshot.concurrent
  let low = 0
  let high = concurrent.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((concurrent[middle] as TxnId) < id) low = middle + 1
    else high = middle
  }
  return concurrent[low] !== id
}
