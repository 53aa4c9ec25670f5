import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  Engine,
  PARTICIPANT_TRANSITIONS,
  type ParticipantState,
  ServerError,
  TransactionParticipant,
} from '../../../src/engine/index.ts'
import { AutoClock, Random } from '../../../src/sim/index.ts'

let engine: Engine
let participant: TransactionParticipant
beforeEach(() => {
  engine = new Engine({ clock: new AutoClock(0), random: new Random(1) })
  participant = new TransactionParticipant(engine.services, 'S')
})
afterEach(() => engine.services.scheduler.stop())

const begin = (txnNumber: number): void => {
  participant.beginOrContinue({ txnNumber, autocommit: false, startTransaction: true })
  participant.unstash('find')
}
const proceed = (txnNumber: number): void => {
  participant.beginOrContinue({ txnNumber, autocommit: false, startTransaction: undefined })
  participant.unstash('find')
}
const write = (txnNumber: number): void =>
  participant.beginOrContinue({ txnNumber, autocommit: undefined, startTransaction: undefined })

describe('the states', () => {
  it('are moved between as the diagram of their file says', () => {
    const path = new URL('../../../src/engine/transaction/states.ts', import.meta.url)
    const rows = readFileSync(path, 'utf8').matchAll(/^ \* {5}(\w+) -+> (.+)$/gm)
    const drawn = [...rows].map(([, from, to]) => [from, to!.trim().split(' | ').sort()])
    const table = Object.entries(PARTICIPANT_TRANSITIONS).map(([from, to]) => [
      from,
      [...to].sort(),
    ])
    expect(Object.fromEntries(drawn)).toEqual(Object.fromEntries(table))
  })

  it('follow what happens', () => {
    const seen: ParticipantState[] = [participant.state]
    const step = (action: () => void): void => {
      action()
      seen.push(participant.state)
    }
    step(() => begin(1))
    step(() => participant.commit())
    step(() => begin(2))
    step(() => participant.abortByClient())
    step(() => write(3))
    expect(seen).toEqual([
      'None',
      'InProgress',
      'Committed',
      'InProgress',
      'AbortedWithoutPrepare',
      'ExecutedRetryableWrite',
    ])
  })
})

describe('a participant', () => {
  it('fixes when its lifetime ends at its begin', () => {
    begin(1)
    engine.services.parameters.set('transactionLifetimeLimitSeconds', 5)
    expect(participant.expiresUs).toBe(60_000_000)
  })

  it('opens its snapshot with the first statement and keeps it', () => {
    begin(1)
    const { storage } = participant
    proceed(1)
    expect(participant.storage).toBe(storage)
  })

  // Source: beginOrContinueTransactionUnconditionally, transaction_participant.cpp
  it('is aborted where its first statement failed before it had anything to stash', () => {
    participant.beginOrContinue({ txnNumber: 1, autocommit: false, startTransaction: true })
    expect(() => proceed(1)).toThrow(
      'Transaction with { txnNumber: 1 } has been aborted because an earlier command in this transaction failed.',
    )
    expect(participant.state).toBe('AbortedWithoutPrepare')
  })

  it('tells once when it ends, whatever the end', () => {
    let ends = 0
    participant.onEnd = () => ends++
    begin(1)
    participant.commit()
    participant.commit()
    begin(2)
    participant.abort('expired')
    begin(3)
    begin(4)
    expect(ends).toBe(3)
  })
})

/** What a participant may be asked to do, in any order. */
type Action = {
  readonly kind: 'begin' | 'proceed' | 'write' | 'commit' | 'abort'
  readonly txnNumber: number
}

const anyAction: fc.Arbitrary<Action> = fc.record({
  kind: fc.constantFrom('begin', 'proceed', 'write', 'commit', 'abort'),
  txnNumber: fc.integer({ min: 0, max: 4 }),
})

describe('whatever it is asked, in whatever order', () => {
  it('it refuses with an error of the server s or moves legally, and its numbers never fall', () => {
    fc.assert(
      fc.property(fc.array(anyAction, { maxLength: 30 }), (actions) => {
        const { services } = engine
        participant = new TransactionParticipant(services, 'S')
        let highest = -1
        for (const { kind, txnNumber } of actions) {
          try {
            if (kind === 'begin') begin(txnNumber)
            else if (kind === 'proceed') proceed(txnNumber)
            else if (kind === 'write') write(txnNumber)
            else if (kind === 'commit') participant.commit()
            else participant.abortByClient()
          } catch (error) {
            expect(error).toBeInstanceOf(ServerError)
          }
          expect(participant.txnNumber).toBeGreaterThanOrEqual(highest)
          highest = participant.txnNumber
          expect(services.openTransactions.has(participant)).toBe(participant.isOpen)
        }
        if (participant.isOpen) participant.abort('killed')
        const { totalStarted, totalCommitted, totalAborted, currentOpen } =
          services.metrics.transactions
        expect(totalStarted).toBe(totalCommitted + totalAborted)
        expect(currentOpen).toBe(0)
      }),
      { numRuns: 200 },
    )
  })
})
