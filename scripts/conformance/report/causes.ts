/** From what a failure looks like to what it waits for. */

type Cause = readonly [failure: RegExp, waitsFor: string]

/** `$1` is the first group. The first that fits counts. */
const CAUSES: readonly Cause[] = [
  [/the stage (\$\w+) is not supported/, 'the stage `$1`'],
  [/[Oo]ption '(\w+)' is not supported/, 'the option `$1`'],
  [/query operator (\$\w+) is not supported/, 'the query operator `$1`'],
  [/\.awaited should be true/, 'hello as a stream, which is left out on purpose'],
  [/should be a poolClearedEvent/, 'the query operator `$where`'],
  [/updates by a pipeline are not supported/, 'updates by a pipeline'],
  [/arrayFilters are not supported/, '`arrayFilters`'],
  [/computed fields in \$project are not supported/, 'computed fields of `$project`'],
  [/no such command: '(\w+)'/, 'the command `$1`'],
  [/"(\w+)".* read concern not supported/, 'the read concern `$1` in this place'],
  [/\(238\): ([^;]*)/, '$1'],
  [/was not done after|timed out after|waited for/, 'an answer that never came'],
]

export function causeOf(failure: string): string {
  for (const [pattern, waitsFor] of CAUSES) {
    const found = pattern.exec(failure)
    if (found !== null) return waitsFor.replace('$1', () => found[1] ?? '')
  }
  return 'a cause that is not known yet'
}
