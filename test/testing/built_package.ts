/**
 * This package as it is published, built anew of the sources of this checkout: for tests of its
 * programs, which start several times faster than from sources, and for those of an installation.
 */
import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { readManifest } from '../checks/manifest.ts'
import { repositoryRoot } from '../checks/source_tree.ts'

export interface BuiltPackage {
  /** Where its `package.json` is. */
  readonly path: string
  /** The file of one of its programs, by the name in `bin`. */
  program(name: string): string
  remove(): void
}

/** Inside of the repository, so that packages are found. */
const CACHE = join(repositoryRoot, 'node_modules/.cache')

/** @param path a folder that is not there yet; by default one of its own */
export function builtPackage(path: string = ownFolder()): BuiltPackage {
  mkdirSync(path, { recursive: true })
  copyFileSync(join(repositoryRoot, 'package.json'), join(path, 'package.json'))
  const script = join(repositoryRoot, 'scripts/build.js')
  execFileSync(process.execPath, [script, join(path, 'dist'), '--modules-only'], { stdio: 'pipe' })
  const { bin } = readManifest()
  return {
    path,
    program: (name) => join(path, bin[name] ?? `no program ${name}`),
    remove: () => rmSync(path, { recursive: true, force: true }),
  }
}

function ownFolder(): string {
  mkdirSync(CACHE, { recursive: true })
  return mkdtempSync(join(CACHE, 'built-'))
}
