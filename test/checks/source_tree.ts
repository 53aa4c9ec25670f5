/**
 * The project's own sources as data: which files there are, what each imports, and the syntax tree
 * of each. The checks of form (layers, tidiness) are functions of a `SourceTree`, so that their own
 * tests can give them a small tree with a fault in it.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, posix, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseAst } from 'vitest/node'

export const repositoryRoot: string = fileURLToPath(new URL('../..', import.meta.url))

/** A node of the syntax tree (ESTree with TypeScript), as far as the checks look at it. */
export interface SyntaxNode {
  readonly type: string
  /** Offsets into the text. */
  readonly start: number
  readonly end: number
  readonly [key: string]: unknown
}

export interface Import {
  /** As written. */
  readonly specifier: string
  /** The file it names, relative to the repository; undefined for a package. */
  readonly file: string | undefined
  /** Counted from 1. */
  readonly line: number
  /** Erased when compiled: `import type`, `export type`, `import('...')` in a type. */
  readonly typeOnly: boolean
  /** `import('...')`: loaded when it is reached, if it ever is. */
  readonly lazy: boolean
}

export interface SourceFile {
  /** Relative to the repository, with forward slashes: `src/sim/task.ts`. */
  readonly path: string
  readonly text: string
  readonly syntax: SyntaxNode
  readonly imports: readonly Import[]
}

/** Files by path. */
export type SourceTree = ReadonlyMap<string, SourceFile>

/** Reads and parses every TypeScript file below a folder of the repository. */
export function readTree(folder: string): SourceTree {
  const texts: Record<string, string> = {}
  for (const path of listFiles(folder)) {
    if (path.endsWith('.ts')) texts[path] = readFileSync(join(repositoryRoot, path), 'utf8')
  }
  return treeOf(texts)
}

/** A tree from texts by path. */
export function treeOf(texts: Readonly<Record<string, string>>): SourceTree {
  const tree = new Map<string, SourceFile>()
  for (const [path, text] of Object.entries(texts)) {
    const syntax = parse(path, text)
    tree.set(path, { path, text, syntax, imports: importsOf(path, text, syntax) })
  }
  return tree
}

export function parse(path: string, text: string): SyntaxNode {
  try {
    return parseAst(text, { lang: 'ts' }, path) as unknown as SyntaxNode
  } catch (cause) {
    throw new SyntaxError(`${path} does not parse`, { cause })
  }
}

/** Every file below a folder, relative to the repository, sorted. */
export function listFiles(folder: string): string[] {
  const absolute = join(repositoryRoot, folder)
  return readdirSync(absolute, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(repositoryRoot, join(entry.parentPath, entry.name)))
    .map((path) => path.replaceAll('\\', '/'))
    .sort()
}

/** Calls `visit` for each node, outermost first. */
export function walk(node: SyntaxNode, visit: (node: SyntaxNode) => void): void {
  visit(node)
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value])
      if (isNode(child)) walk(child, visit)
  }
}

/** The line of an offset, counted from 1. */
export function lineOf(text: string, offset: number): number {
  let line = 1
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1))
    line++
  return line
}

export function isNode(value: unknown): value is SyntaxNode {
  return (
    typeof value === 'object' && value !== null && typeof Reflect.get(value, 'type') === 'string'
  )
}

const IMPORTING = new Set([
  'ImportDeclaration',
  'ExportNamedDeclaration',
  'ExportAllDeclaration',
  'ImportExpression',
  'TSImportType',
])

function importsOf(path: string, text: string, syntax: SyntaxNode): Import[] {
  const imports: Import[] = []
  walk(syntax, (node) => {
    if (!IMPORTING.has(node.type)) return
    const specifier = isNode(node['source']) ? node['source']['value'] : undefined
    if (typeof specifier !== 'string') return
    const file = specifier.startsWith('.') ? posix.join(dirname(path), specifier) : undefined
    const kind = node['importKind'] ?? node['exportKind']
    const typeOnly = kind === 'type' || node.type === 'TSImportType'
    const lazy = node.type === 'ImportExpression'
    imports.push({ specifier, file, line: lineOf(text, node.start), typeOnly, lazy })
  })
  return imports
}
