import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { entrySources, readManifest } from './checks/manifest.ts'
import { readTree, repositoryRoot, type SourceFile, treeOf } from './checks/source_tree.ts'
import { unreachedFiles, unreadableMedian, untidyPlaces } from './checks/tidy.ts'

const tree = readTree('src')
const manifest = readManifest()

describe('the sources', () => {
  test('are tidy, each file by itself', () => {
    expect([...tree.values()].flatMap(untidyPlaces)).toEqual([])
  })

  test('are files of a length that reads well', () => {
    expect(unreadableMedian(tree)).toBeUndefined()
  })

  test('are all reached from where users come in', () => {
    expect(unreachedFiles(tree, entrySources(manifest))).toEqual([])
  })
})

describe('finds', () => {
  const fileOf = (path: string, text: string): SourceFile => treeOf({ [path]: text }).get(path)!
  const untidy = (text: string) => untidyPlaces(fileOf('src/engine/x.ts', text))

  const bad: [what: string, text: string, sentence: string][] = [
    [
      'the time of the machine',
      'const t = Date.now()',
      'src/engine/x.ts:1: Date.now; take a Clock',
    ],
    ['a date of now', '\nconst t = new Date()', 'src/engine/x.ts:2: new Date() of nothing; take a'],
    ['a date of now as text', 'const t = Date()', 'src/engine/x.ts:1: Date(); take a Clock'],
    ['chance of the machine', 'Math.random()', 'src/engine/x.ts:1: Math.random; take a Random'],
    ['a timer', 'setTimeout(() => {}, 1)', 'src/engine/x.ts:1: setTimeout; take a Clock'],
    ['a timer by another name', 'const later = setTimeout', 'src/engine/x.ts:1: setTimeout'],
    ['a microtask', 'queueMicrotask(f)', 'src/engine/x.ts:1: queueMicrotask; suspend through'],
    ['a precise time', 'performance.now()', 'src/engine/x.ts:1: performance; take a Clock'],
    ['random bytes', 'crypto.randomUUID()', 'src/engine/x.ts:1: crypto; take a Random'],
    [
      'an id out of nothing',
      'new ObjectId()',
      'src/engine/x.ts:1: new ObjectId() of nothing; mint',
    ],
    [
      'one through a namespace',
      'new BSON.UUID()',
      'src/engine/x.ts:1: new UUID() of nothing; mint',
    ],
    ['any', 'let x: any', 'src/engine/x.ts:1: any hides mistakes'],
    ['any in a cast', 'f(x as any[])', 'src/engine/x.ts:1: any hides mistakes'],
    ['a default export', 'export default 1', 'src/engine/x.ts:1: export by name.'],
    ['an enum', 'export enum A { B }', 'src/engine/x.ts:1: a union of literals'],
    ['a namespace', 'namespace A { export const b = 1 }', 'src/engine/x.ts:1: a module is'],
    ['a private member', 'class A { private b = 1 }', 'src/engine/x.ts:1: #private is private'],
    ['a promise without a ticket', '// TODO: later', 'src/engine/x.ts:1: TODO; do it now'],
    ['a fault that is known', '/* FIXME */', 'src/engine/x.ts:1: FIXME; do it now'],
    ['a long line', `// ${'x'.repeat(98)}`, 'src/engine/x.ts:1: 101 columns; break'],
    ['a long file', 'f()\n'.repeat(401), 'src/engine/x.ts: 401 lines; split it before 400.'],
    [
      'a long function',
      `function f() {\n${'g()\n'.repeat(69)}}`,
      'src/engine/x.ts:1: a function of 71 lines; at most 70.',
    ],
    [
      'a long method',
      `class A {\n  f() {\n${'g()\n'.repeat(69)}}}`,
      'src/engine/x.ts:2: a function of 71 lines; at most 70.',
    ],
  ]
  test.each(bad)('%s', (_, text, sentence) => {
    const found = untidy(text)
    expect(found).toHaveLength(1)
    expect(found[0]).toContain(sentence)
  })

  test.each([
    'const text = "Date.now() and setTimeout, any of them" // not new Date() either',
    'const t = new Date(clock.now())',
    'const id = new ObjectId(bytes)',
    'class A { private constructor() {} }',
    `const message = '${'x'.repeat(100)}'`,
    'const options = { setTimeout: 1 }; options.setTimeout',
    'type Clock = { performance(): number }',
    '// TODO(#12): when the wire protocol is there',
    `function f() {\n${'g()\n'.repeat(68)}}`,
  ])('nothing wrong with %j', (text) => {
    expect(untidy(text)).toEqual([])
  })

  test('nothing wrong with a timer where timers live', () => {
    expect(untidyPlaces(fileOf('src/sim/real.ts', 'setTimeout(f, 1)'))).toEqual([])
  })

  test('a median that does not read well, once there are enough files', () => {
    const files = (count: number, lines: number) =>
      treeOf(
        Object.fromEntries(
          Array.from({ length: count }, (_, i) => [`src/${i}.ts`, 'f()\n'.repeat(lines)]),
        ),
      )
    expect(unreadableMedian(files(41, 10))).toContain('The median file has 10 lines')
    expect(unreadableMedian(files(41, 200))).toContain('The median file has 200 lines')
    expect(unreadableMedian(files(41, 80))).toBeUndefined()
    expect(unreadableMedian(files(5, 10))).toBeUndefined()
  })

  test('a file that nobody reaches, even if it reaches others', () => {
    const texts = {
      'src/index.ts': "export * from './sim/index.ts'",
      'src/sim/index.ts': "import type { Task } from './task.ts'\nexport type { Task }",
      'src/sim/task.ts': 'export type Task = string',
      'src/sim/island.ts': "import './index.ts'",
      'src/check/index.ts': '',
    }
    const entries = ['src/index.ts', 'src/cli/main.ts']
    expect(unreachedFiles(treeOf(texts), entries)).toEqual([
      'src/sim/island.ts',
      'src/check/index.ts',
    ])
    const { 'src/index.ts': _, ...young } = texts
    expect(unreachedFiles(treeOf(young), entries)).toEqual(['src/sim/island.ts'])
  })
})

describe('docs/dependencies.md', () => {
  const lines = readFileSync(join(repositoryRoot, 'docs/dependencies.md'), 'utf8').split('\n')
  const explained = lines.flatMap((line) => /^- `([^`]+)`: \S.{15,}/.exec(line)?.[1] ?? [])

  test('gives a reason for each dependency, and for nothing else', () => {
    const { dependencies, devDependencies } = manifest
    expect(explained.toSorted()).toEqual(
      [...Object.keys(dependencies), ...Object.keys(devDependencies)].sort(),
    )
  })

  test('each runtime dependency is imported, so that its reason is true', () => {
    const imported = new Set(
      [...tree.values()].flatMap((file) => file.imports.map(({ specifier }) => specifier)),
    )
    const unused = Object.keys(manifest.dependencies).filter((name) => !imported.has(name))
    expect(unused).toEqual([])
  })
})

describe('docs/glossary.md', () => {
  const lines = readFileSync(join(repositoryRoot, 'docs/glossary.md'), 'utf8').split('\n')
  const terms = lines.flatMap((line) => /^- \*\*(.+?)\*\*/.exec(line)?.[1] ?? [])

  test('has each term on one line, once, in order', () => {
    const sorted = terms.toSorted((a, b) => a.localeCompare(b, 'en', { sensitivity: 'base' }))
    expect(terms).toEqual(sorted)
    expect(new Set(terms.map((term) => term.toLowerCase())).size).toBe(terms.length)
    expect(terms.length).toBeGreaterThan(30)
  })

  test('says where each term lives and what it means', () => {
    const entries = lines.filter((line) => line.startsWith('- '))
    const malformed = entries.filter((line) => !/^- \*\*.+?\*\* \([a-z, ]+\): .*\.$/.test(line))
    expect(malformed).toEqual([])
  })
})
