/** Histories with known verdicts: those of Elle's test suite, where they lie beside the project. */
import { existsSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import {
  type CheckOptions,
  checkHistory,
  HistoryError,
  type HistoryEvent,
  type Level,
} from '../../src/check/index.ts'

const FOLDER = new URL('../../../shared/histories/', import.meta.url)
const present = existsSync(FOLDER)

interface KnownHistory {
  readonly name: string
  readonly model: string
  readonly history: readonly HistoryEvent[]
  readonly expectAnomalies: readonly string[]
  readonly expectAnyOf?: boolean
  readonly expectNot: readonly string[]
  readonly expectInputError?: string
  readonly bruteVerdict: Readonly<Record<string, boolean>> | null
  readonly options?: Partial<CheckOptions>
  readonly initial?: CheckOptions['initial']
}

/** A real violation, of which only the order within each session is known. */
interface RealViolation {
  readonly name: string
  readonly history: readonly HistoryEvent[]
  readonly expectViolates: 'serializable' | 'transactional-causal' | 'snapshot-isolation'
  readonly verdict: Readonly<Record<string, boolean>>
}

/** The file's names of levels. */
const LEVEL_NAMES: Readonly<Record<string, Level>> = {
  serializable: 'serializable',
  snapshotIsolation: 'snapshot-isolation',
  sessionSerializable: 'strong-session-serializable',
  sessionSI: 'strong-session-snapshot-isolation',
  strictSerializable: 'strict-serializable',
  strongSI: 'strong-snapshot-isolation',
}

/** More severe for the same transactions: the cycle needs less of time. */
const MORE_SEVERE: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'paper-example': { 'G-single-realtime': 'G-single' },
  'rw-cyclic-versions-and-realtime': { 'G1c-realtime': 'G1c-process' },
}

function read<T>(name: string): T[] {
  const bytes = readFileSync(new URL(name, FOLDER))
  return JSON.parse(String(name.endsWith('.gz') ? gunzipSync(bytes) : bytes))
}

describe.skipIf(!present)('histories of Elle', () => {
  const known = present ? read<KnownHistory>('elle-histories.json') : []
  it.each(known)('$model: $name', (given) => {
    const options = {
      ...given.options,
      model: given.model,
      initial: given.initial ?? {},
    } as CheckOptions
    if (given.expectInputError !== undefined) {
      expect(() => checkHistory(given.history, options)).toThrow(HistoryError)
      return
    }
    const verdict = checkHistory(given.history, options)
    const types = verdict.anomalies.map(({ type }) => type as string)
    for (const expected of given.expectAnomalies) {
      expect(types).toContain(MORE_SEVERE[given.name]?.[expected] ?? expected)
    }
    if (given.expectNot.includes('*')) expect(types).toEqual([])
    for (const unexpected of given.expectNot) expect(types).not.toContain(unexpected)
    for (const [name, holds] of Object.entries(given.bruteVerdict ?? {})) {
      expect([name, verdict.levels[LEVEL_NAMES[name]!]]).toEqual([name, holds])
    }
  })
})

describe.skipIf(!present)('violations of real databases', () => {
  const known = present ? read<RealViolation>('isovista-bugs.json') : []
  it.each(known)('$name', ({ history, expectViolates, verdict }) => {
    const level = expectViolates === 'transactional-causal' ? 'causal' : expectViolates
    const { levels, complete } = checkHistory(history, { model: 'rw-register', realtime: false })
    expect(levels[level]).toBe(false)
    expect(complete).toBe(true)
    for (const [name, holds] of Object.entries(verdict)) {
      expect([name, levels[LEVEL_NAMES[name]!]]).toEqual([name, holds])
    }
  })
})

describe.skipIf(!present)('histories with predicates', () => {
  const known = present ? read<KnownHistory>('elle-predicates.json') : []
  it.each(known)('$name', ({ history, expectAnomalies }) => {
    const { anomalies } = checkHistory(history, { model: 'closed-predicate' })
    const types = anomalies.map(({ type }) => type as string)
    for (const expected of expectAnomalies) expect(types).toContain(expected)
  })
})

describe.skipIf(!present)('the large ones, where the search of cycles is hard', () => {
  it.each([
    ['elle-huge-scc.json.gz', 'G2-item-realtime'],
    ['elle-unfindable-g-single.json.gz', 'G-single'],
  ])('%s has a %s', (file, type) => {
    const { history } = JSON.parse(String(gunzipSync(readFileSync(new URL(file, FOLDER)))))
    const { anomalies } = checkHistory(history, { model: 'list-append' })
    const found = anomalies.find((anomaly) => anomaly.type === type)!
    expect(found.cycle.length).toBeGreaterThan(1)
    found.cycle.forEach((edge, at) => {
      expect(edge.to).toBe(found.cycle[(at + 1) % found.cycle.length]!.from)
    })
  })
})

if (!present)
  console.warn('left out: histories with known verdicts (../shared/histories is absent)')
