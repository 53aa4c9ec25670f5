import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Batches, MAX_BYTES, MAX_STATEMENTS } from '../../../src/client/bulk/batches.ts'
import type { StatementKind } from '../../../src/client/bulk/models.ts'

interface Statement {
  readonly kind: StatementKind
  readonly sizeBytes: number
}

function batched(statements: readonly Statement[], ordered: boolean) {
  const batches = new Batches({ ordered })
  for (const [index, { kind, sizeBytes }] of statements.entries()) {
    batches.add(kind, index, { op: index }, { sent: index }, sizeBytes)
  }
  return batches.all()
}

const anyStatements = fc.array(
  fc.record({
    kind: fc.constantFrom<StatementKind>('insert', 'update', 'delete'),
    sizeBytes: fc.integer({ min: 5, max: MAX_BYTES >> 2 }),
  }),
  { maxLength: 40 },
)

describe('every statement goes out once', () => {
  test('in order, where that is asked for', () => {
    fc.assert(
      fc.property(anyStatements, (statements) => {
        const indexes = batched(statements, true).flatMap((batch) => batch.indexes)
        expect(indexes).toEqual(statements.map((_, index) => index))
      }),
    )
  })

  test('in the order of its kind, otherwise', () => {
    fc.assert(
      fc.property(anyStatements, (statements) => {
        const batches = batched(statements, false)
        for (const kind of ['insert', 'update', 'delete']) {
          const sent = batches.filter((batch) => batch.kind === kind).flatMap((b) => b.indexes)
          const given = statements.flatMap((statement, i) => (statement.kind === kind ? [i] : []))
          expect(sent).toEqual(given)
        }
      }),
    )
  })
})

test('a batch holds statements of one kind, below the size of a message', () => {
  fc.assert(
    fc.property(anyStatements, fc.boolean(), (statements, ordered) => {
      for (const batch of batched(statements, ordered)) {
        const mine = batch.indexes.map((index) => statements[index] as Statement)
        expect(new Set(mine.map(({ kind }) => kind))).toEqual(new Set([batch.kind]))
        expect(mine.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)).toBeLessThan(MAX_BYTES)
        expect(batch.ops).toEqual(batch.indexes.map((op) => ({ op })))
        expect(batch.sent).toEqual(batch.indexes.map((sent) => ({ sent })))
      }
    }),
  )
})

test('small statements of one kind are one batch', () => {
  const statements = Array.from(
    { length: 1000 },
    () => ({ kind: 'insert', sizeBytes: 50 }) as const,
  )
  expect(batched(statements, true)).toHaveLength(1)
})

// Source: the driver's ordered.ts: one statement fewer than `maxWriteBatchSize`.
test('a batch ends one statement before the limit', () => {
  const statements = Array.from(
    { length: MAX_STATEMENTS },
    () => ({ kind: 'delete', sizeBytes: 20 }) as const,
  )
  const lengths = batched(statements, true).map((batch) => batch.sent.length)
  expect(lengths).toEqual([MAX_STATEMENTS - 1, 1])
})
