import { describe, expect, it } from 'vitest'
import { type ErrorLabel, type LabelContext, labelsFor } from '../../src/engine/index.ts'

type Where = 'statement' | 'commit' | 'abort' | 'retryable' | 'plain'

const CONTEXTS: Readonly<Record<Where, Omit<LabelContext, 'code'>>> = {
  statement: { commandName: 'update', inTransaction: true, isRetryableWrite: false },
  commit: { commandName: 'commitTransaction', inTransaction: true, isRetryableWrite: false },
  abort: { commandName: 'abortTransaction', inTransaction: true, isRetryableWrite: false },
  retryable: { commandName: 'update', inTransaction: false, isRetryableWrite: true },
  plain: { commandName: 'update', inTransaction: false, isRetryableWrite: false },
}

const T: ErrorLabel = 'TransientTransactionError'
const R: ErrorLabel = 'RetryableWriteError'

/** Source: ErrorLabelBuilder::build, error_labels.cpp (8.0): T transient, R retryable, - none. */
const TABLE: readonly [string, number, Readonly<Record<Where, 'T' | 'R' | '-'>>][] = [
  ['WriteConflict', 112, { statement: 'T', commit: 'T', abort: 'T', retryable: '-', plain: '-' }],
  ['LockTimeout', 24, { statement: 'T', commit: 'T', abort: 'T', retryable: '-', plain: '-' }],
  [
    'SnapshotUnavailable',
    246,
    { statement: 'T', commit: 'T', abort: 'T', retryable: '-', plain: '-' },
  ],
  ['SnapshotTooOld', 239, { statement: 'T', commit: 'T', abort: 'T', retryable: '-', plain: '-' }],
  [
    'PreparedTransactionInProgress',
    267,
    { statement: 'T', commit: 'T', abort: 'T', retryable: '-', plain: '-' },
  ],
  [
    'NoSuchTransaction',
    251,
    { statement: 'T', commit: 'T', abort: 'T', retryable: '-', plain: '-' },
  ],
  [
    'ShutdownInProgress',
    91,
    { statement: 'T', commit: 'R', abort: 'R', retryable: 'R', plain: '-' },
  ],
  [
    'NotWritablePrimary',
    10107,
    { statement: 'T', commit: 'R', abort: 'R', retryable: 'R', plain: '-' },
  ],
  ['HostUnreachable', 6, { statement: 'T', commit: 'R', abort: 'R', retryable: 'R', plain: '-' }],
  [
    'ExceededTimeLimit',
    262,
    { statement: 'T', commit: 'R', abort: 'R', retryable: 'R', plain: '-' },
  ],
  ['DuplicateKey', 11000, { statement: '-', commit: '-', abort: '-', retryable: '-', plain: '-' }],
  ['MaxTimeMSExpired', 50, { statement: '-', commit: '-', abort: '-', retryable: '-', plain: '-' }],
  ['Interrupted', 11601, { statement: '-', commit: '-', abort: '-', retryable: '-', plain: '-' }],
  [
    'TransactionExceededLifetimeLimitSeconds',
    290,
    { statement: '-', commit: '-', abort: '-', retryable: '-', plain: '-' },
  ],
  [
    'TransactionCommitted',
    256,
    { statement: '-', commit: '-', abort: '-', retryable: '-', plain: '-' },
  ],
  [
    'TransactionTooOld',
    225,
    { statement: '-', commit: '-', abort: '-', retryable: '-', plain: '-' },
  ],
]

const rows = TABLE.flatMap(([name, code, expected]) =>
  Object.entries(expected).map(([where, label]) => [name, code, where as Where, label] as const),
)

describe('the label of an error', () => {
  it.each(rows)('%s (%i) on %s: %s', (_name, code, where, label) => {
    const expected = label === 'T' ? [T] : label === 'R' ? [R] : []
    expect(labelsFor({ ...CONTEXTS[where], code })).toEqual(expected)
  })

  it('a commit whose write concern failed may have happened: 251 is not transient then', () => {
    const context = { ...CONTEXTS.commit, code: 251, writeConcernErrorCode: 64 }
    expect(labelsFor(context)).toEqual([])
  })

  it('a write concern error counts for retryable writes and for the end of a transaction', () => {
    const failed = { code: undefined, writeConcernErrorCode: 91 }
    expect(labelsFor({ ...CONTEXTS.retryable, ...failed })).toEqual([R])
    expect(labelsFor({ ...CONTEXTS.commit, ...failed })).toEqual([R])
    expect(labelsFor({ ...CONTEXTS.plain, ...failed })).toEqual([])
    expect(labelsFor({ ...CONTEXTS.statement, ...failed })).toEqual([])
  })

  it('a retryable write that is known to have written nothing says so', () => {
    const context = { ...CONTEXTS.retryable, code: 91, wroteNothing: true }
    expect(labelsFor(context)).toEqual([R, 'NoWritesPerformed'])
    expect(labelsFor({ ...context, code: 11000 })).toEqual([])
  })
})
