import type { CaseResult, Verdict } from '../outcome.ts'

/** How the tests of one specification ended. */
export interface Row {
  readonly folder: string
  readonly passed: number
  readonly failed: number
  readonly leftOut: number
  readonly notApplicable: number
  /** Passed, of those that were held against what they expect. 1 where there was none. */
  readonly share: number
}

/** One row a specification, by name. */
export function tally(results: readonly CaseResult[]): Row[] {
  const folders = [...new Set(results.map(({ folder }) => folder))].sort()
  return folders.map((folder) =>
    rowOf(
      folder,
      results.filter((one) => one.folder === folder),
    ),
  )
}

/** All of them in one row. */
export function total(results: readonly CaseResult[]): Row {
  return rowOf('all', results)
}

function rowOf(folder: string, results: readonly CaseResult[]): Row {
  const count = (kind: Verdict['kind']): number =>
    results.filter(({ verdict }) => verdict.kind === kind).length
  const passed = count('passed')
  const failed = count('failed')
  const leftOut = count('left out')
  const judged = passed + failed
  return {
    folder,
    passed,
    failed,
    leftOut,
    notApplicable: count('not applicable'),
    share: judged === 0 ? 1 : passed / judged,
  }
}
