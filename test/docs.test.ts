/**
 * What the documentation shows is true: its code compiles, runs and gives the values that stand
 * behind it; its commands exist and print what they are said to print; its links lead somewhere.
 *
 *     ts, js        a module of its own: compiled (ts) and run; `palimpsest` is this checkout, built
 *     ts continue   goes on where the preceding block of the page ended
 *     ts no-run     compiled only
 *     ts test       a test file: compiled, and run by vitest
 *     ts sketch     must only parse
 *     sh, console   each command must be an npm script or a subcommand of palimpsest
 *     sh run        is run too; with `$ ` before commands, the other lines are what they print
 *     json          must parse
 *
 *     f(x) // -> { a: 1 }      what the value looks like, or what console.log prints
 *     f(x) // throws Conflict  that it throws, and a part of the error's name or message
 *
 * The details are in `checks/code_blocks.ts`, `checks/doc_modules.ts` and `checks/shell_blocks.ts`.
 *
 * The compiler, Node.js and vitest each run once, over the blocks and over what shows that the
 * checks see mistakes.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import { inspect } from 'node:util'
import { transformSync } from 'esbuild'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { codeBlocks } from './checks/code_blocks.ts'
import { type DocModule, docModules, selfChecking } from './checks/doc_modules.ts'
import { readManifest, sourceOfBuilt } from './checks/manifest.ts'
import {
  fromBuilt,
  printsAsPromised,
  shellCommands,
  unknownCommand,
} from './checks/shell_blocks.ts'
import { listFiles, repositoryRoot, treeOf } from './checks/source_tree.ts'
import { type BuiltPackage, builtPackage } from './testing/built_package.ts'

const manifest = readManifest()
const pages = ['README.md', ...listFiles('docs').filter((path) => path.endsWith('.md'))].filter(
  (path) => existsSync(join(repositoryRoot, path)),
)
const textOf = (page: string) => readFileSync(join(repositoryRoot, page), 'utf8')
const blocks = pages.flatMap((page) => codeBlocks(page, textOf(page)))

/** What modules and commands run against; the compiler sees the sources. */
let built: BuiltPackage
/** Inside of the repository, so that packages are found. */
let cache: string

/** What is wrong with modules, by their place; those with nothing wrong are left out. */
type Complaints = ReadonlyMap<string, readonly string[]>
let mistyped: Complaints
let broken: Complaints
let failed: Complaints

beforeAll(() => {
  built = builtPackage()
  cache = mkdtempSync(join(dirname(built.path), 'docs-test-'))
  mistyped = typeErrors([...modules.filter(({ language }) => language === 'ts'), ...MISTYPED])
  broken = brokenPromises([...modules.filter(({ run, isTest }) => run && !isTest), ...BROKEN])
  failed = failedTests([...modules.filter(({ isTest }) => isTest), ...FAILING])
})
afterAll(() => {
  built?.remove()
  if (cache !== undefined) rmSync(cache, { recursive: true, force: true })
})

const modules = docModules(blocks)

/** Modules of our own, whose mistakes must be seen. */
const own = (place: string, code: string): DocModule => ({
  place,
  code,
  language: 'ts',
  run: true,
  isTest: false,
})
const MISTYPED = [own('mistyped', "const x: number = 'one'\nexport { x }")]
const BROKEN = [
  own(
    'broken',
    [
      'const two = 1 + 1 // -> 2',
      'const three = 1 + 1 // -> 3',
      "console.log('a', { b: 1 }) // -> a { b: 1 }",
      "console.log('a') // -> b",
      "Promise.reject(Object.assign(new Error('no'), { codeName: 'WriteConflict' })) // throws WriteConflict",
      "Promise.reject(new Error('no')) // throws yes",
      'await Promise.resolve(1) // throws no',
      'const both = [[1, 2], { three }]',
      'both.map((x) => {',
      '  x // -> [ 9 ]',
      '}) // -> [ undefined, …',
      '   //    ]',
      'three.toFixed() // -> 2',
    ].join('\n'),
  ),
  own('kept', '1 // -> 1'),
  own('thrown', "throw new Error('broken example')"),
]
const VITEST = "import { expect, test } from 'vitest'"
const FAILING = ["test('a', () => expect(1).toBe(1))", "test('b', () => expect(1).toBe(2))", '']
  .map((code) => `${VITEST}\n${code || 'expect(1).toBe(1)'}`)
  .map((code, index) => ({ ...own(`failing${index}`, code), isTest: true }))

/** Of the documentation's own modules. */
function inPages(complaints: Complaints): Record<string, readonly string[]> {
  return Object.fromEntries([...complaints].filter(([place]) => place.includes('.md:')))
}

describe('the code of the documentation', () => {
  test('compiles', () => expect(inPages(mistyped)).toEqual({}))
  test('does what stands behind its lines', () => expect(inPages(broken)).toEqual({}))
  test('passes, where it is a test', () => expect(inPages(failed)).toEqual({}))
})

describe('the commands of the documentation', () => {
  const commands = shellCommands(blocks)
  // One file for each subcommand, named for it.
  const subcommands = existsSync(join(repositoryRoot, 'src/cli'))
    ? listFiles('src/cli').map((path) => path.replace(/^.*\/|\.ts$/g, ''))
    : []

  test('exist', () => {
    const unknown = commands.flatMap(({ place, command }) => {
      const sentence = unknownCommand(command, { manifest, subcommands })
      return sentence === undefined ? [] : [`${place}: ${sentence}`]
    })
    expect(unknown).toEqual([])
  })

  test.each(commands.filter(({ run }) => run))('$place: $command', ({ command, prints }) => {
    const node = (file: string) => `"${process.execPath}" "${join(built.path, file)}"`
    const line = fromBuilt(command, manifest, node)
    const { stdout, stderr, status } = spawnSync(line, {
      shell: true,
      cwd: repositoryRoot,
      encoding: 'utf8',
      env: { ...process.env, NO_COLOR: '1' },
    })
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    if (prints !== undefined && !printsAsPromised(prints, stdout)) {
      expect(stdout).toBe(prints.join('\n'))
    }
  })
})

test('the JSON of the documentation is JSON', () => {
  for (const { code, language } of blocks) if (language === 'json') JSON.parse(code)
})

test('the links of the documentation lead to files that are there', () => {
  const dead = pages.flatMap((page) => {
    const prose = textOf(page).replace(/^(`{3,})[\s\S]*?^\1$/gm, '')
    const targets = [...prose.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)].map((match) => match[1]!)
    return targets
      .filter((target) => !/^[a-z]+:/.test(target))
      .filter((target) => !existsSync(join(repositoryRoot, dirname(page), target)))
      .map((target) => `${page}: ${target}`)
  })
  expect(dead).toEqual([])
})

describe('the checks themselves', () => {
  const fence = '```'

  test('take blocks apart, and join those that continue', () => {
    const text = `${fence}ts\nlet x = 1\n${fence}\n- item\n  ${fence}ts continue no-run\n  x++\n  ${fence}\n`
    const found = codeBlocks('x.md', text)
    expect(found.map(({ line, markers, code }) => [line, markers, code])).toEqual([
      [2, [], 'let x = 1'],
      [6, ['continue', 'no-run'], 'x++'],
    ])
    expect(docModules(found)).toEqual([
      { place: 'x.md:2', code: 'let x = 1\nx++', language: 'ts', run: false, isTest: false },
    ])
  })

  test.each([
    ['a block without an end', `${fence}ts\nx`, 'has no end'],
    ['a block without a language', `${fence}\nx\n${fence}`, 'none of the languages'],
    ['an unknown marker', `${fence}ts skip\nx\n${fence}`, 'nobody understands "skip"'],
  ])('refuse %s', (_, text, message) => {
    expect(() => codeBlocks('x.md', text)).toThrow(message)
  })

  test('refuse a continuation of nothing, and a sketch that is no code', () => {
    const modulesOf = (text: string) => docModules(codeBlocks('x.md', text))
    expect(() => modulesOf(`${fence}ts continue\nx\n${fence}`)).toThrow('no block before it')
    expect(() => modulesOf(`${fence}ts sketch\nlet = = 1\n${fence}`)).toThrow('does not parse')
  })

  test('see values, prints and errors that are not as promised', () => {
    expect(broken.get('kept')).toBe(undefined)
    expect(broken.get('broken')).toEqual([
      'expected 3\n     got 2',
      'expected b\n     got a',
      expect.stringContaining('expected …yes…'),
      'expected an error, no; nothing was thrown',
      'expected [ 9 ]\n     got [ 1, 2 ]',
      'expected [ 9 ]\n     got { three: 2 }',
      "expected 2\n     got '2'",
    ])
  })

  test('see code that fails, code that does not compile, and promises about nothing', () => {
    expect(broken.get('thrown')?.[0]).toContain('broken example')
    expect(mistyped.get('mistyped')?.join()).toContain('TS2322')
    const nothing = 'nothing before it to compare'
    expect(() => selfChecking(own('x', '// -> 1'))).toThrow(nothing)
    expect(() => selfChecking(own('x', 'if (1) {\n} // -> 1'))).toThrow(nothing)
  })

  test('see tests that fail, and files without tests', () => {
    expect(failed.get('failing0')).toBe(undefined)
    expect(failed.get('failing1')?.join()).toContain('b: AssertionError')
    expect(failed.get('failing2')?.join()).toContain('No test suite found')
  })

  test('know the commands of the package', () => {
    const offer = { manifest, subcommands: ['demo', 'bench_retries'] }
    const unknown = (line: string) => unknownCommand(line, offer)
    for (const line of [
      'npm ci && npm test',
      'npm run check',
      'npx palimpsest demo --json',
      'palimpsest --help',
      'palimpsest bench retries --html page.html',
      'CI=1 npm start',
      'npx palimpsest-mongod --port 0',
    ]) {
      expect([line, unknown(line)]).toEqual([line, undefined])
    }
    expect(unknown('npm run sing')).toBe('package.json has no script "sing".')
    expect(unknown('npm ci && palimpsest dance')).toBe('palimpsest has no subcommand "dance".')
    expect(unknown('palimpsest-mongo')).toBe('"palimpsest-mongo" is no command of this package.')
    expect(unknown('palimpsest bench')).toBe('palimpsest has no subcommand "bench".')
    expect(unknown('rm -rf /')).toBe('"rm -rf /" is no command of this package.')
  })

  test('run commands as they are built, and compare what they print', () => {
    const lineOf = (line: string) => fromBuilt(line, manifest, (file) => `node /built/${file}`)
    expect(lineOf('npx palimpsest demo --json')).toBe('node /built/dist/cli/main.js demo --json')
    expect(lineOf('npm start')).toBe('node /built/dist/cli/main.js demo')
    expect(lineOf('palimpsest-mongod --x')).toBe('node /built/dist/cli/mongod/main.js --x')
    expect(printsAsPromised(['a', '...', 'd'], 'a\nb\nc\nd\n')).toBe(true)
    expect(printsAsPromised(['a', '...', 'd'], 'a\nb\nc\n')).toBe(false)
    expect(printsAsPromised(['a.c'], 'abc')).toBe(false)
  })

  test('tell commands from what they print', () => {
    const text = `${fence}console run\n$ npm start\nhello\n$ npm test\n${fence}\n${fence}sh\nnpm ci # once\n${fence}`
    expect(shellCommands(codeBlocks('x.md', text))).toEqual([
      { place: 'x.md:2', command: 'npm start', prints: ['hello'], run: true },
      { place: 'x.md:4', command: 'npm test', prints: [], run: true },
      { place: 'x.md:7', command: 'npm ci', prints: undefined, run: false },
    ])
  })
})

/** The built file behind a door of the package: `palimpsest` or `palimpsest/check`. */
function builtDoor(specifier: string): string | undefined {
  if (!/^palimpsest(\/|$)/.test(specifier)) return undefined
  const target = manifest.exports[specifier.replace('palimpsest', '.')]
  if (target === undefined) throw new Error(`package.json exports no ${specifier}`)
  return (typeof target === 'string' ? target : target['default']!).replace(/^\.\//, '')
}

const sourceDoor = (file: string): string => join(repositoryRoot, sourceOfBuilt(file))
const doorOfBuilt = (file: string): string => join(built.path, file)

/**
 * Writes modules where packages are found, alone there.
 *
 * @param place of the file that `palimpsest` stands for, by its name in the manifest
 */
function writeModules(
  modules: readonly DocModule[],
  place: (file: string) => string,
  contents: (module: DocModule) => string = ({ code }) => code,
): string[] {
  rmSync(cache, { recursive: true, force: true })
  mkdirSync(cache)
  writeFileSync(join(cache, 'package.json'), '{ "type": "module" }')
  return modules.map((module, index) => {
    const ending = module.isTest ? `test.${module.language}` : module.language
    const file = join(cache, `${index}_${module.place.replace(/\W+/g, '_')}.${ending}`)
    let code = contents(module)
    const imports = treeOf({ [module.place]: code }).get(module.place)!.imports
    for (const { specifier } of imports) {
      const door = builtDoor(specifier)
      if (door === undefined) continue
      const path = relative(cache, place(door))
      code = code
        .replaceAll(`'${specifier}'`, `'${path}'`)
        .replaceAll(`"${specifier}"`, `'${path}'`)
    }
    writeFileSync(file, `${code}\nexport {}\n`)
    return file
  })
}

/** Collects complaints about the files that `writeModules` named. */
class ByPlace {
  readonly complaints = new Map<string, string[]>()
  readonly #modules: readonly DocModule[]

  constructor(modules: readonly DocModule[]) {
    this.#modules = modules
  }

  add(file: string, complaint: string): void {
    const place = this.#modules[Number.parseInt(basename(file), 10)]!.place
    const others = this.complaints.get(place)
    if (others === undefined) this.complaints.set(place, [complaint])
    else others.push(complaint)
  }
}

/** The compiler's. */
function typeErrors(modules: readonly DocModule[]): Complaints {
  const files = writeModules(modules, sourceDoor)
  const config = join(cache, 'tsconfig.json')
  writeFileSync(
    config,
    JSON.stringify({
      extends: relative(cache, join(repositoryRoot, 'tsconfig.json')).replaceAll('\\', '/'),
      compilerOptions: { noEmit: true, noUnusedLocals: false, noUnusedParameters: false },
      files,
      include: [],
    }),
  )
  const tsc = join(repositoryRoot, 'node_modules/typescript/bin/tsc')
  const { stdout } = spawnSync(process.execPath, [tsc, '-p', config, '--pretty', 'false'], {
    encoding: 'utf8',
    cwd: cache,
  })
  const found = new ByPlace(modules)
  // Further lines are indented. What other files of the project have wrong is found elsewhere.
  for (const text of stdout.split(/\n(?=\S)/)) {
    const file = /^([^(]+)\(\d+,\d+\): /.exec(text)?.[1]
    if (file === undefined) throw new Error(stdout)
    if (!file.startsWith('../')) found.add(file, text)
  }
  return found.complaints
}

/** Promises that modules did not keep. */
function brokenPromises(modules: readonly DocModule[]): Complaints {
  const inJavaScript = (code: string) =>
    transformSync(code, { loader: 'ts', target: 'es2023' }).code
  const toRun = modules.map((module): DocModule => ({ ...module, language: 'js' }))
  const files = writeModules(toRun, doorOfBuilt, (module) => inJavaScript(selfChecking(module)))
  const runner = join(cache, 'run_docs.js')
  const source = readFileSync(join(repositoryRoot, 'test/checks/run_docs.ts'), 'utf8')
  writeFileSync(runner, inJavaScript(source))
  const urls = files.map((file) => pathToFileURL(file).href)
  const { stdout, stderr } = spawnSync(process.execPath, [runner, ...urls], { encoding: 'utf8' })
  const last = stdout.trimEnd().split('\n').at(-1)!
  if (!last.startsWith('[')) throw new Error(`The modules were not run.\n${stdout}\n${stderr}`)
  const found = new ByPlace(modules)
  for (const [index, promises] of (JSON.parse(last) as string[][]).entries()) {
    for (const promise of promises) found.add(files[index]!, promise)
  }
  return found.complaints
}

/** What vitest has to complain about test files. */
function failedTests(modules: readonly DocModule[]): Complaints {
  const files = writeModules(modules, doorOfBuilt)
  // What is below node_modules would be handed to Node.js as it is.
  const config = { test: { include: ['*.test.ts'], server: { deps: { inline: [/docs-test/] } } } }
  const report = join(cache, 'report.json')
  writeFileSync(join(cache, 'vitest.config.js'), `export default ${inspect(config, { depth: 5 })}`)
  const vitest = join(repositoryRoot, 'node_modules/vitest/vitest.mjs')
  const { VITEST: _, ...env } = process.env
  const command = [vitest, 'run', '--root', cache, '--reporter=json', `--outputFile=${report}`]
  const { stderr } = spawnSync(process.execPath, command, { encoding: 'utf8', env, cwd: cache })
  if (!existsSync(report)) throw new Error(`vitest wrote no report:\n${stderr}`)
  const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as VitestReport
  const found = new ByPlace(modules)
  for (const { name, status, message, assertionResults } of testResults) {
    if (status === 'failed' && message !== '') found.add(name, message)
    for (const { fullName, failureMessages } of assertionResults) {
      for (const text of failureMessages) found.add(name, `${fullName}: ${text}`)
    }
  }
  const ran = new Set(testResults.map(({ name }) => basename(name)))
  for (const file of files) if (!ran.has(basename(file))) found.add(file, 'It was not run.')
  return found.complaints
}

interface VitestReport {
  readonly testResults: readonly {
    readonly name: string
    readonly status: string
    readonly message: string
    readonly assertionResults: readonly {
      readonly fullName: string
      readonly failureMessages: readonly string[]
    }[]
  }[]
}
