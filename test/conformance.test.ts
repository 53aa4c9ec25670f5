/**
 * The drivers' official tests, where they lie beside the project, hold their floors. Run
 * `npm run conformance` to see which of them fail, and why.
 */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { IN_PROCESS, SHAPES } from '../scripts/conformance/deployment.ts'
import { findFiles } from '../scripts/conformance/files.ts'
import { Fleet } from '../scripts/conformance/fleet.ts'
import { belowFloor } from '../scripts/conformance/floors.ts'
import { tally } from '../scripts/conformance/report/tally.ts'
import { runFiles } from '../scripts/conformance/run_files.ts'

const folder = fileURLToPath(new URL('../../shared/spec-tests', import.meta.url))
const isThere = existsSync(folder)
if (!isThere) console.warn('The official tests are left out: ../shared/spec-tests is not there.')

describe.skipIf(!isThere)('the official tests of drivers, through the real driver', () => {
  it('pass as many as each specification did before', { timeout: 120_000 }, async () => {
    // Several at once, because most of the time they wait.
    const fleets = [new Fleet(SHAPES), new Fleet(SHAPES), new Fleet(SHAPES)]
    try {
      const results = await runFiles(findFiles(folder), { fleets })
      expect(results.length).toBeGreaterThan(700)
      expect(belowFloor(tally(results))).toEqual([])
    } finally {
      for (const fleet of fleets) await fleet.close()
    }
  })
})

/** Why the in-process client fails what it fails; see docs/differences.md. */
const KNOWN_CAUSES: readonly string[] = [
  // A deprecated helper.
  'collection.count is not a function',
  // It sends one only together with a transaction number.
  'two commands should have an lsid',
]

describe.skipIf(!isThere)('the official tests of drivers, through the in-process client', () => {
  it('pass, but for causes that are known', { timeout: 120_000 }, async () => {
    const fleet = new Fleet(IN_PROCESS)
    try {
      const results = await runFiles(findFiles(folder), { fleets: [fleet] })
      const passed = results.filter(({ verdict }) => verdict.kind === 'passed')
      expect(passed.length).toBeGreaterThan(500)
      const surprises = results.filter(
        ({ verdict }) =>
          verdict.kind === 'failed' &&
          !KNOWN_CAUSES.some((cause) => verdict.reason.includes(cause)),
      )
      expect(surprises).toEqual([])
    } finally {
      await fleet.close()
    }
  })
})
