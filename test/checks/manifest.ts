/** `package.json`, and which sources make the files that it names. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { repositoryRoot } from './source_tree.ts'

export interface Manifest {
  readonly files: readonly string[]
  readonly bin: Readonly<Record<string, string>>
  /** Subpath to conditions, or to a plain file. */
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>
  readonly scripts: Readonly<Record<string, string>>
  readonly dependencies: Readonly<Record<string, string>>
  readonly devDependencies: Readonly<Record<string, string>>
}

export function readManifest(): Manifest {
  return JSON.parse(readFileSync(join(repositoryRoot, 'package.json'), 'utf8')) as Manifest
}

/** Every built file that the manifest names, with the place that names it. */
export function namedFiles(
  manifest: Manifest,
): { readonly place: string; readonly file: string }[] {
  const named: { place: string; file: string }[] = []
  for (const [name, file] of Object.entries(manifest.bin))
    named.push({ place: `bin ${name}`, file })
  for (const [door, target] of Object.entries(manifest.exports)) {
    const conditions = typeof target === 'string' ? { default: target } : target
    for (const [condition, file] of Object.entries(conditions)) {
      named.push({ place: `exports ${door} (${condition})`, file })
    }
  }
  return named.map(({ place, file }) => ({ place, file: file.replace(/^\.\//, '') }))
}

/**
 * The source that a built file is made of: `dist/a.js` and `dist/a.d.ts` of `src/a.ts`, as
 * tsconfig.build.json says. A file outside of `dist` is its own source.
 */
export function sourceOfBuilt(file: string): string {
  return file.replace(/^dist\/(.*?)(\.d)?\.(js|ts)$/, 'src/$1.ts')
}

/** Where users come in: the sources of all that the manifest names, and what those import. */
export function entrySources(manifest: Manifest): string[] {
  const sources = namedFiles(manifest).map(({ file }) => sourceOfBuilt(file))
  return [...new Set(sources.filter((source) => source.startsWith('src/')))]
}
