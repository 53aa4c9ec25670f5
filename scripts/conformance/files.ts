/** Finding and reading the files of the specifications. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, join, relative, resolve, sep } from 'node:path'
import { EJSON } from 'bson'
import type { TestFile } from './format.ts'
import { isDocument } from './match/values.ts'

/** A file of tests, and the specification that it is of. */
export interface FoundFile {
  readonly folder: string
  /** Within the specification's folder. */
  readonly path: string
  readonly content: TestFile
  /** The tests of the format itself has some that a runner must fail. */
  readonly shouldFail: boolean
}

/** Folders that name no specification, but a part of one. */
const UNNAMED: ReadonlySet<string> = new Set(['tests', 'unified', 'operation'])

/** All files in the unified format below a folder, in the order of their paths. */
export function findFiles(root: string): FoundFile[] {
  const found: FoundFile[] = []
  for (const path of jsonFilesBelow(root)) {
    const parts = relative(root, path).split(sep)
    // These are no tests; they show what a schema must refuse.
    if (parts.includes('invalid')) continue
    const content = read(path)
    if (content === undefined) continue
    const folder = specificationOf(root, parts)
    const named = parts.filter((part) => part !== folder && !UNNAMED.has(part))
    found.push({
      folder,
      path: named.join('') === '' ? basename(path) : named.join('/'),
      content,
      shouldFail: path.split(sep).includes('valid-fail'),
    })
  }
  return found
}

function jsonFilesBelow(root: string): string[] {
  if (!statSync(root).isDirectory()) return [root]
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => join(root, name))
}

/** Other formats lie beside this one; theirs have no schema version, or no list of tests. */
function read(path: string): TestFile | undefined {
  const parsed: unknown = EJSON.parse(readFileSync(path, 'utf8'), { relaxed: true })
  if (!isDocument(parsed)) return undefined
  const { schemaVersion, tests } = parsed
  const isUnified = typeof schemaVersion === 'string' && Array.isArray(tests)
  return isUnified ? (parsed as unknown as TestFile) : undefined
}

/** The folder right below the root, where that names one; else the root's name, or what it is in. */
function specificationOf(root: string, [first = '']: readonly string[]): string {
  const above = resolve(root).split(sep)
  const inside = first.endsWith('.json') || UNNAMED.has(first) ? undefined : first
  const isPart = above.slice(-3).some((part) => UNNAMED.has(part))
  if (inside !== undefined && !isPart) return inside
  return above.findLast((part) => !UNNAMED.has(part) && !part.endsWith('.json')) ?? root
}
