import { ABORTED, DeltaUpdate, type Row, STANDARD, TOMBSTONE, type Update } from '../update.ts'

/** Replaces `size` characters from `offset` on by `data`. */
export interface ModifyEntry {
  readonly data: string
  readonly offset: number
  readonly size: number
}

/** Values that take no more than this, terminator included, are always stored whole. */
const SMALL_VALUE_BYTES = 64
/** After so many deltas in a row, each further one is weighed against a whole value. */
const DELTAS_MIN = 10
/** After so many, the value is stored whole in any case. */
const DELTAS_MAX = 200
/** Deltas may take a tenth of the value. */
const DELTA_FRACTION = 10
/** What WiredTiger keeps per update and per entry of a delta, and how it rounds. */
const UPDATE_HEADER_BYTES = 47
const ENTRY_BYTES = 24
const ENTRIES_HEADER_BYTES = 8
const ALIGNMENT_BYTES = 32

/** Applies edits in order. Gaps past the end are filled with blanks (`support/modify.c`). */
export function applyEdits(value: string, entries: readonly ModifyEntry[]): string {
  let text = value
  for (const { data, offset, size } of entries) {
    text = text.padEnd(offset, ' ')
    text = text.slice(0, offset) + data + text.slice(offset + size)
  }
  return text
}

/**
 * Whether WiredTiger would store an edited value whole, and not as a delta on the update before.
 * Only read-uncommitted readers can tell: they get no value out of deltas.
 * (`bt_cursor.c:__wt_btcur_modify`, `__cursor_chain_needs_full_upd`.)
 */
export function storesWhole(
  value: string,
  row: Row<unknown, unknown> | undefined,
  isVisibleToAll: (update: Update<unknown>) => boolean,
): boolean {
  const valueBytes = value.length + 1
  if (valueBytes <= SMALL_VALUE_BYTES) return true
  const head = row?.head
  if (row === undefined || head === undefined) return false
  if (head.txnId === ABORTED || head.type === TOMBSTONE) return true
  let deltas = 0
  let deltaBytes = 0
  let update: Update<unknown> | undefined = head
  while (update instanceof DeltaUpdate) {
    if (deltas >= DELTAS_MAX) return true
    deltaBytes += update.deltaBytes
    if (deltas >= DELTAS_MIN && deltaBytes * DELTA_FRACTION >= valueBytes) return true
    deltas++
    update = update.next
  }
  if (deltas < DELTAS_MIN) return false
  if (update === undefined) return row.settled !== undefined
  return update.type === STANDARD && isVisibleToAll(update)
}

/** What the delta of these edits would take in memory (`btmem.h:WT_UPDATE_MEMSIZE`). */
export function deltaSizeBytes(entries: readonly ModifyEntry[]): number {
  let bytes = UPDATE_HEADER_BYTES + ENTRIES_HEADER_BYTES
  for (const { data } of entries) bytes += ENTRY_BYTES + data.length
  return Math.ceil(bytes / ALIGNMENT_BYTES) * ALIGNMENT_BYTES
}
