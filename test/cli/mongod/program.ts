/** `palimpsest-mongod` as a program that others can start: the sources, behind one executable file. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { repositoryRoot } from '../../checks/source_tree.ts'

export interface Program {
  readonly path: string
  remove(): void
}

export function mongodProgram(): Program {
  const folder = mkdtempSync(join(tmpdir(), 'palimpsest-program-'))
  const path = join(folder, 'mongod')
  const tsx = pathToFileURL(join(repositoryRoot, 'node_modules/tsx/dist/loader.mjs')).href
  const main = join(repositoryRoot, 'src/cli/mongod/main.ts')
  writeFileSync(path, `#!/bin/sh\nexec '${process.execPath}' --import '${tsx}' '${main}' "$@"\n`)
  chmodSync(path, 0o755)
  return { path, remove: () => rmSync(folder, { recursive: true }) }
}
