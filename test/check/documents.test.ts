import { describe, expect, test } from 'vitest'
import {
  checkDocuments,
  type DocumentHistory,
  type DocumentStep,
  type DocumentTransaction,
  type DocumentVersion,
} from '../../src/check/index.ts'

const read = (object: number, version: number): DocumentStep => ({ kind: 'read', object, version })
const write = (object: number, version: number): DocumentStep => ({
  kind: 'write',
  object,
  version,
})

/** Versions by their authors, the initial one first. */
function object(name: string, authors: readonly number[], states: readonly string[] = []) {
  const versions: DocumentVersion[] = [undefined, ...authors].map((author, at) => ({
    author,
    state: (states[at] ?? 'committed') as DocumentVersion['state'],
    value: { at },
  }))
  return { name, versions }
}

/** All at the same time. */
function history(
  objects: DocumentHistory['objects'],
  steps: readonly (readonly DocumentStep[])[],
  aborted: readonly number[] = [],
): DocumentHistory {
  const transactions = steps.map(
    (of, at): DocumentTransaction => ({
      name: `t${at}`,
      process: `p${at}`,
      began: at,
      ended: steps.length + at,
      committed: !aborted.includes(at),
      steps: of,
    }),
  )
  return { objects, transactions }
}

const types = (given: DocumentHistory) => checkDocuments(given).anomalies.map(({ type }) => type)

describe('a document history', () => {
  test('of two that read one version and both overwrote it', () => {
    const both = history(
      [object('x', [0, 1])],
      [
        [read(0, 0), write(0, 1)],
        [read(0, 0), write(0, 2)],
      ],
    )
    expect(types(both)).toContain('lost-update')
    expect(checkDocuments(both).levels['snapshot-isolation']).toBe(false)
  })

  test('of two that each read what the other overwrote: write skew, and snapshot-isolated', () => {
    const skew = history(
      [object('x', [0]), object('y', [1])],
      [
        [read(1, 0), write(0, 1)],
        [read(0, 0), write(1, 1)],
      ],
    )
    expect(types(skew)).toEqual(['G2-item'])
    expect(checkDocuments(skew).levels).toMatchObject({
      serializable: false,
      'snapshot-isolation': true,
    })
  })

  test('of two that each looked for what the other inserted: the same by way of a predicate', () => {
    const looks = (at: number): DocumentStep => ({
      kind: 'query',
      predicate: '{"free":true}',
      unmatched: [{ object: at, version: 0, matches: [false, true] }],
    })
    const absent = (name: string, author: number) => {
      const { versions } = object(name, [author])
      return { name, versions: [{ ...versions[0]!, value: undefined }, versions[1]!] }
    }
    const skew = history(
      [absent('x', 0), absent('y', 1)],
      [
        [looks(1), write(0, 1)],
        [looks(0), write(1, 1)],
      ],
    )
    expect(types(skew)).toEqual(['G2'])
    expect(checkDocuments(skew).levels['repeatable-read']).toBe(true)
  })

  test('of one that read what was rolled back, or was not finished', () => {
    const aborted = object('x', [0], ['committed', 'aborted'])
    expect(types(history([aborted], [[write(0, 1)], [read(0, 1)]], [0]))).toEqual(['G1a'])
    const unfinished = object('x', [0, 0], ['committed', 'committed', 'intermediate'])
    const between = history([unfinished], [[write(0, 2), write(0, 1)], [read(0, 2)]])
    expect(types(between)).toEqual(['G1b'])
  })

  test('of one that does not see its own write', () => {
    const own = history([object('x', [0])], [[write(0, 1), read(0, 0)]])
    expect(types(own)).toContain('internal')
  })

  test('one after another is serializable, and complete', () => {
    const verdict = checkDocuments(
      history(
        [object('x', [0, 1])],
        [
          [read(0, 0), write(0, 1)],
          [read(0, 1), write(0, 2)],
        ],
      ),
    )
    expect(verdict).toMatchObject({ ok: true, anomalies: [], transactions: 2 })
  })
})
