/** `palimpsest-mongod` as a program that others can start: one executable file, made of the sources. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { repositoryRoot } from '../../checks/source_tree.ts'

export interface Program {
  readonly path: string
  remove(): void
}

/** The bundler that tsx brings along; the build uses it, too. */
interface Bundler {
  buildSync(options: Readonly<Record<string, unknown>>): void
}

/** Inside of the repository, so that packages are found. */
const CACHE = join(repositoryRoot, 'node_modules/.cache')

export function mongodProgram(): Program {
  mkdirSync(CACHE, { recursive: true })
  const folder = mkdtempSync(join(CACHE, 'mongod-'))
  const path = join(folder, 'mongod.mjs')
  const here = createRequire(import.meta.url)
  const bundler = createRequire(here.resolve('tsx/package.json'))('esbuild') as Bundler
  bundler.buildSync({
    entryPoints: [join(repositoryRoot, 'src/cli/mongod/main.ts')],
    outfile: path,
    bundle: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
  })
  chmodSync(path, 0o755)
  return { path, remove: () => rmSync(folder, { recursive: true }) }
}
