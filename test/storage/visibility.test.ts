import { describe, expect, it } from 'vitest'
import { ReadView } from '../../src/storage/read_view.ts'
import { Snapshot, snapshotIncludes } from '../../src/storage/snapshot.ts'
import { TransactionTable } from '../../src/storage/transaction_table.ts'
import {
  ABORTED,
  NO_TXN,
  PREPARE_IN_PROGRESS,
  RESERVE,
  STANDARD,
  TOMBSTONE,
  Update,
  UpdateTimes,
  type UpdateType,
} from '../../src/storage/update.ts'
import { findWriteConflict, isVisible, visibleUpdate } from '../../src/storage/visibility.ts'

interface ViewOptions {
  readonly id?: number
  readonly isolation?: 'snapshot' | 'read-committed' | 'read-uncommitted'
  readonly readTimestamp?: number
  readonly ignorePrepare?: boolean
}

/** A reader that began while 7 and 9 were open and 11 was the next id. */
function reader(options: ViewOptions = {}): ReadView {
  const view = new ReadView(new TransactionTable(), options.isolation ?? 'snapshot')
  view.snapshot = new Snapshot(11, [7, 9], 0)
  view.id = options.id ?? NO_TXN
  view.readTimestamp = options.readTimestamp ?? 0
  view.ignorePrepare = options.ignorePrepare ?? false
  return view
}

function update(
  txnId: number,
  more: { type?: UpdateType; startTs?: number; prepared?: boolean } = {},
) {
  const times = new UpdateTimes()
  times.startTs = more.startTs ?? 0
  if (more.prepared === true) times.prepareState = PREPARE_IN_PROGRESS
  return new Update<string>(txnId, more.type ?? STANDARD, `by ${txnId}`, undefined, times)
}

/** Links updates into a chain, the newest first. */
function chain(...updates: Update<string>[]): Update<string> | undefined {
  for (const [position, one] of updates.entries()) one.next = updates[position + 1]
  return updates[0]
}

describe('an update is visible', () => {
  // WiredTiger: txn_inline.h, __txn_visible_id and __wt_txn_visible, in the order of their tests.
  it.each`
    who                                          | of                             | visible
    ${reader()}                                  | ${update(NO_TXN)}              | ${true}
    ${reader()}                                  | ${update(ABORTED)}             | ${false}
    ${reader({ id: 12 })}                        | ${update(12)}                  | ${true}
    ${reader()}                                  | ${update(6)}                   | ${true}
    ${reader()}                                  | ${update(7)}                   | ${false}
    ${reader()}                                  | ${update(8)}                   | ${true}
    ${reader()}                                  | ${update(9)}                   | ${false}
    ${reader()}                                  | ${update(10)}                  | ${true}
    ${reader()}                                  | ${update(11)}                  | ${false}
    ${reader({ isolation: 'read-uncommitted' })} | ${update(9)}                   | ${true}
    ${reader({ isolation: 'read-uncommitted' })} | ${update(ABORTED)}             | ${false}
    ${reader({ readTimestamp: 20 })}             | ${update(6, { startTs: 20 })}  | ${true}
    ${reader({ readTimestamp: 20 })}             | ${update(6, { startTs: 21 })}  | ${false}
    ${reader({ readTimestamp: 20 })}             | ${update(6, { startTs: 0 })}   | ${true}
    ${reader({ id: 12, readTimestamp: 20 })}     | ${update(12, { startTs: 21 })} | ${true}
    ${reader({ readTimestamp: 20 })}             | ${update(9, { startTs: 5 })}   | ${false}
  `('$of.txnId to $who.isolation: $visible', ({ who, of, visible }) => {
    expect(isVisible(of, who)).toBe(visible)
  })
})

describe('reading a chain', () => {
  it('stops at the newest visible update, tombstones included', () => {
    const head = chain(update(9), update(8, { type: TOMBSTONE }), update(3))
    expect(visibleUpdate(head, reader())?.txnId).toBe(8)
  })

  it('passes over reserves, even its own', () => {
    const head = chain(update(12, { type: RESERVE }), update(3))
    expect(visibleUpdate(head, reader({ id: 12 }))?.txnId).toBe(3)
  })

  it('finds nothing where everything is newer or undone', () => {
    expect(visibleUpdate(chain(update(11), update(ABORTED)), reader())).toBeUndefined()
    expect(visibleUpdate(undefined, reader())).toBeUndefined()
  })

  it('stops at a prepared update that it would see', () => {
    const head = chain(update(8, { prepared: true }), update(3))
    expect(visibleUpdate(head, reader())?.txnId).toBe(8)
  })

  it('ignores all of a prepared transaction when told to', () => {
    const head = chain(update(8, { prepared: true }), update(8, { prepared: true }), update(3))
    expect(visibleUpdate(head, reader({ ignorePrepare: true }))?.txnId).toBe(3)
  })
})

describe('a write conflicts with', () => {
  it.each([
    ['an open writer', chain(update(9), update(3)), 9],
    ['one that committed since', chain(update(11), update(3)), 11],
    ['a reserve of another', chain(update(9, { type: RESERVE }), update(3)), 9],
    ['a deletion that it does not see', chain(update(11, { type: TOMBSTONE }), update(3)), 11],
    ['a prepared update, seen or not', chain(update(8, { prepared: true }), update(3)), 8],
    ['what lies under an undone update', chain(update(ABORTED), update(9)), 9],
  ])('%s', (_, head, holder) => {
    expect(findWriteConflict(head, reader())?.txnId).toBe(holder)
    // Ignoring prepared updates is a way of reading, not of writing.
    expect(findWriteConflict(head, reader({ ignorePrepare: true }))?.txnId).toBe(holder)
  })

  it.each([
    ['what it sees', chain(update(8), update(9))],
    ['its own update', chain(update(12), update(3))],
    ['what was undone', chain(update(ABORTED), update(8))],
    ['an empty chain', undefined],
  ])('not with %s', (_, head) => {
    expect(findWriteConflict(head, reader({ id: 12 }))).toBeUndefined()
  })

  it('an update that is newer than its read timestamp, though its snapshot has it', () => {
    const head = chain(update(6, { startTs: 21 }), update(3))
    expect(findWriteConflict(head, reader({ readTimestamp: 20 }))?.txnId).toBe(6)
  })
})

describe('a snapshot', () => {
  it('includes every id below max that is not listed', () => {
    const snapshot = new Snapshot(20, [4, 7, 8, 15, 19], 0)
    const seen = Array.from({ length: 24 }, (_, id) => id).filter((id) =>
      snapshotIncludes(snapshot, id),
    )
    expect(seen).toEqual([0, 1, 2, 3, 5, 6, 9, 10, 11, 12, 13, 14, 16, 17, 18])
  })

  it('that lists nobody has its min at its max', () => {
    expect(new Snapshot(5, undefined, 0)).toMatchObject({ min: 5, max: 5, concurrent: [] })
  })
})
