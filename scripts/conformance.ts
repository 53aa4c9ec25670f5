/**
 * Runs the drivers' official tests in the unified format (mongodb/specifications) with the real
 * driver against a simulator that listens:
 *
 *     npm run conformance -- [FOLDER ...] [--only TEXT] [--lanes N] [--uri URI] [--in-process]
 *                            [--write]
 *
 * Without a folder it takes `../shared/spec-tests`. `--write` puts what it found into
 * `docs/conformance.md`. `--only` takes the tests whose
 * description contains the text. `--lanes` runs so many files at once, each lane on a simulators of
 * its own, so that waits overlap. `--uri` takes a server that is there already, such as a real one.
 * `--in-process` takes the in-process client in place of the driver.
 *
 * Exit status 0 when every specification is at or above its floor, 1 when one is not, 2 when there
 * is nothing to run.
 */
import { existsSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { connect, type Deployment, IN_PROCESS, SHAPES } from './conformance/deployment.ts'
import { type FoundFile, findFiles } from './conformance/files.ts'
import { Fleet } from './conformance/fleet.ts'
import { belowFloor } from './conformance/floors.ts'
import { Progress } from './conformance/progress.ts'
import { renderPage } from './conformance/report/page.ts'
import { renderTable } from './conformance/report/table.ts'
import { tally } from './conformance/report/tally.ts'
import { runFiles } from './conformance/run_files.ts'

const REPOSITORY = fileURLToPath(new URL('..', import.meta.url))
const USUAL_FOLDER = '../shared/spec-tests'
const PAGE = 'docs/conformance.md'

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      only: { type: 'string' },
      lanes: { type: 'string', default: '1' },
      uri: { type: 'string' },
      'in-process': { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
    },
  })
  const usual = `${REPOSITORY}${USUAL_FOLDER}`
  const folders = positionals.length > 0 ? positionals : [usual]
  const missing = folders.find((folder) => !existsSync(folder))
  if (missing !== undefined) return nothing(`${missing} is not there; name a folder of tests`)
  const files = folders.flatMap(findFiles)
  if (files.length === 0) return nothing('there is no test in the unified format in there')
  const lanes = Number(values.lanes)
  if (!Number.isInteger(lanes) || lanes < 1) return nothing('--lanes wants a number from 1 on')

  const shapes = values['in-process'] ? IN_PROCESS : SHAPES
  const results = await runAll(files, { lanes, shapes, uri: values.uri, only: values.only })
  const rows = tally(results)
  console.log(renderTable(rows))
  for (const { folder, file, description, verdict } of results) {
    if (verdict.kind === 'failed') {
      console.log(`\n${folder}/${file}: ${description}\n  ${verdict.reason}`)
    }
  }
  const isWhole = shapes === SHAPES && values.only === undefined && values.uri === undefined
  if (isWhole && values.write) writeFileSync(`${REPOSITORY}${PAGE}`, renderPage(results))
  const low = isWhole ? belowFloor(rows) : []
  for (const sentence of low) console.error(sentence)
  return low.length === 0 ? 0 : 1
}

interface Run {
  readonly lanes: number
  readonly shapes: readonly (() => Promise<Deployment>)[]
  readonly uri: string | undefined
  readonly only: string | undefined
}

async function runAll(
  files: readonly FoundFile[],
  { lanes, shapes, uri, only }: Run,
): Promise<ReturnType<typeof runFiles>> {
  const total = files.reduce((sum, { content }) => sum + content.tests.length, 0)
  const progress = new Progress(total)
  // A server that is there already is one lane.
  const fleets =
    uri === undefined
      ? Array.from({ length: lanes }, () => new Fleet(shapes))
      : [new Fleet([() => connect(uri)])]
  try {
    return await runFiles(files, { fleets, only, onResult: (one) => progress.note(one) })
  } finally {
    progress.clear()
    for (const fleet of fleets) await fleet.close()
  }
}

function nothing(message: string): number {
  console.error(`conformance: ${message}`)
  return 2
}

process.exitCode = await main()
