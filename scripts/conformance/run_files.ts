/** All tests of some files, in one or several lanes at once. */
import type { FoundFile } from './files.ts'
import type { Fleet } from './fleet.ts'
import { knowsSchema } from './format.ts'
import type { CaseResult, Verdict } from './outcome.ts'
import { runTest } from './run_test.ts'

export interface RunOptions {
  /** One for each lane. */
  readonly fleets: readonly Fleet[]
  /** Only tests whose description contains this. */
  readonly only?: string | undefined
  readonly onResult?: (result: CaseResult, ms: number) => void
}

/** The results, in the order of the files whoever ran them. */
export async function runFiles(
  files: readonly FoundFile[],
  { fleets, only = '', onResult }: RunOptions,
): Promise<CaseResult[]> {
  const results = new Map<FoundFile, CaseResult[]>()
  const waiting = [...files]
  const lane = async (fleet: Fleet): Promise<void> => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      const ofFile: CaseResult[] = []
      results.set(file, ofFile)
      for (const test of file.content.tests) {
        if (!test.description.includes(only)) continue
        const startedAt = performance.now()
        const { folder, path } = file
        const verdict = await verdictOf(fleet, file, test)
        const result = { folder, file: path, description: test.description, verdict }
        ofFile.push(result)
        onResult?.(result, performance.now() - startedAt)
      }
    }
  }
  await Promise.all(fleets.map(lane))
  return files.flatMap((file) => results.get(file) ?? [])
}

async function verdictOf(
  fleet: Fleet,
  { content, shouldFail }: FoundFile,
  test: FoundFile['content']['tests'][number],
): Promise<Verdict> {
  const verdict: Verdict = knowsSchema(content.schemaVersion)
    ? await runTest(fleet, content, test)
    : { kind: 'failed', reason: `the format's version ${content.schemaVersion} is not known` }
  if (!shouldFail) return verdict
  if (verdict.kind === 'failed') return { kind: 'passed' }
  if (verdict.kind !== 'passed') return verdict
  return { kind: 'failed', reason: 'a runner should have failed this' }
}
