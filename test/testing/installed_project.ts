/**
 * A project with this package installed, as users have it: built, in `node_modules`, entered
 * through its `exports`. Everything else is linked from this checkout.
 */
import { spawnSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { repositoryRoot } from '../checks/source_tree.ts'
import { builtPackage } from './built_package.ts'

/** What became of one test. */
export interface Outcome {
  /** Relative to the project. */
  readonly file: string
  readonly name: string
  readonly status: string
  readonly messages: readonly string[]
}

export interface Project {
  readonly path: string
  /**
   * Runs a test runner that writes its report as JSON (vitest's has the format of Jest's).
   *
   * @throws Error with all that it said, where it wrote none, or a whole file failed
   */
  run(command: readonly string[]): readonly Outcome[]
  remove(): void
}

/**
 * @param name a folder of `projects`
 * @param more packages by name, with where they are
 */
export function installedProject(
  name: string,
  more: Readonly<Record<string, string>> = {},
): Project {
  const path = realpathSync(mkdtempSync(join(tmpdir(), `palimpsest-${name}-`)))
  cpSync(join(repositoryRoot, 'test/testing/projects', name), path, { recursive: true })
  const modules = join(path, 'node_modules')
  linkPackages(join(repositoryRoot, 'node_modules'), modules)
  for (const [entry, place] of Object.entries(more)) symlinkSync(place, join(modules, entry))
  const own = join(modules, 'palimpsest')
  builtPackage(own)
  return {
    path,
    run: (command) => run(path, command),
    remove: () => rmSync(path, { recursive: true, force: true }),
  }
}

/** Package by package, so that ours can stand beside them. */
function linkPackages(from: string, to: string): void {
  mkdirSync(to, { recursive: true })
  for (const entry of readdirSync(from)) {
    if (entry.startsWith('.') || entry === 'palimpsest') continue
    if (entry.startsWith('@')) linkPackages(join(from, entry), join(to, entry))
    else symlinkSync(realpathSync(join(from, entry)), join(to, entry))
  }
}

interface Report {
  readonly testResults: readonly {
    readonly name: string
    readonly message: string
    readonly assertionResults: readonly {
      readonly fullName: string
      readonly status: string
      readonly failureMessages: readonly string[]
    }[]
  }[]
}

function run(path: string, command: readonly string[]): Outcome[] {
  const report = join(path, 'report.json')
  const meetingPlace = join(path, 'meeting_place')
  mkdirSync(meetingPlace)
  const { VITEST: _, ...environment } = process.env
  const { stdout, stderr } = spawnSync(process.execPath, [...command, `--outputFile=${report}`], {
    cwd: path,
    encoding: 'utf8',
    env: { ...environment, MEETING_PLACE: meetingPlace },
    timeout: 200_000,
  })
  if (!existsSync(report)) throw new Error(`There is no report.\n${stdout}\n${stderr}`)
  const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as Report
  return testResults.flatMap(({ name, message, assertionResults }) => {
    const file = relative(path, name)
    if (assertionResults.length === 0) throw new Error(`${file} failed.\n${message}`)
    return assertionResults.map(({ fullName, status, failureMessages }) => ({
      file,
      name: fullName,
      status,
      messages: failureMessages,
    }))
  })
}
