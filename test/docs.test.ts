/**
 * What the documentation shows is true: its code compiles, runs and gives the values that stand
 * behind it; its commands exist and print what they are said to print; its links lead somewhere.
 *
 *     ts, js        a module of its own: compiled (ts) and run; `palimpsest` is this checkout
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
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import { inspect } from 'node:util'
import { afterAll, describe, expect, test } from 'vitest'
import { codeBlocks } from './checks/code_blocks.ts'
import { type DocModule, docModules, selfChecking } from './checks/doc_modules.ts'
import { readManifest, sourceOfBuilt } from './checks/manifest.ts'
import {
  fromSource,
  printsAsPromised,
  shellCommands,
  unknownCommand,
} from './checks/shell_blocks.ts'
import { listFiles, repositoryRoot, treeOf } from './checks/source_tree.ts'

const manifest = readManifest()
const pages = ['README.md', ...listFiles('docs').filter((path) => path.endsWith('.md'))].filter(
  (path) => existsSync(join(repositoryRoot, path)),
)
const textOf = (page: string) => readFileSync(join(repositoryRoot, page), 'utf8')
const blocks = pages.flatMap((page) => codeBlocks(page, textOf(page)))

/** Inside of the repository, so that packages are found; generated anew each time. */
const cache = join(repositoryRoot, 'node_modules/.cache/docs-test')
const TSX = ['--import', 'tsx']

afterAll(() => rmSync(cache, { recursive: true, force: true }))

describe('the code of the documentation', () => {
  const modules = docModules(blocks)

  test('compiles', () => {
    expect(typeErrors(modules.filter(({ language }) => language === 'ts'))).toBe('')
  })

  test('does what stands behind its lines', () => {
    const toRun = modules.filter(({ run, isTest }) => run && !isTest)
    const broken = runModules(toRun)
    expect(Object.fromEntries(broken)).toEqual({})
  })

  test('passes, where it is a test', () => {
    expect(failedTests(modules.filter(({ isTest }) => isTest))).toBe('')
  })
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
    const cli = `"${process.execPath}" --import tsx src/cli/main.ts`
    const line = fromSource(command, manifest, cli)
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
  const moduleOf = (code: string): DocModule => ({
    place: 'x.md:1',
    code,
    language: 'ts',
    run: true,
    isTest: false,
  })

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
    const code = [
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
    ].join('\n')
    expect(runModules([moduleOf(code), moduleOf('1 // -> 1')]).get('x.md:1')).toEqual([
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
    const failing = runModules([moduleOf("throw new Error('broken example')")])
    expect(failing.get('x.md:1')?.[0]).toContain('broken example')
    expect(typeErrors([moduleOf("const x: number = 'one'\nexport { x }")])).toContain('TS2322')
    expect(() => selfChecking(moduleOf('// -> 1'))).toThrow('nothing before it to compare')
    expect(() => selfChecking(moduleOf('if (1) {\n} // -> 1'))).toThrow(
      'nothing before it to compare',
    )
  })

  test('see tests that fail, and files without tests', () => {
    const vitest = "import { expect, test } from 'vitest'"
    const testOf = (code: string) => ({ ...moduleOf(`${vitest}\n${code}`), isTest: true })
    const failed = failedTests([
      testOf("test('a', () => expect(1).toBe(1))"),
      testOf("test('b', () => expect(1).toBe(2))"),
      testOf('expect(1).toBe(1)'),
    ])
    expect(failed).toContain('b: AssertionError')
    expect(failed).toContain('No test suite found')
    expect(failed).not.toContain('a: ')
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

  test('run commands from their source, and compare what they print', () => {
    expect(fromSource('npx palimpsest demo --json', manifest, 'CLI')).toBe('CLI demo --json')
    expect(fromSource('npm start', manifest, 'CLI')).toBe('CLI demo')
    expect(fromSource('palimpsest-mongod --x', manifest, 'node src/cli/main.ts')).toBe(
      'node src/cli/mongod/main.ts --x',
    )
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

/** The source behind a door of the package: `palimpsest` or `palimpsest/check`. */
function doorSource(specifier: string): string | undefined {
  if (!/^palimpsest(\/|$)/.test(specifier)) return undefined
  const target = manifest.exports[specifier.replace('palimpsest', '.')]
  if (target === undefined) throw new Error(`package.json exports no ${specifier}`)
  const file = typeof target === 'string' ? target : target['default']!
  return join(repositoryRoot, sourceOfBuilt(file.replace(/^\.\//, '')))
}

/** Writes modules where packages are found; `palimpsest` becomes the sources of this checkout. */
function writeModules(modules: readonly DocModule[], contents: (module: DocModule) => string) {
  rmSync(cache, { recursive: true, force: true })
  mkdirSync(cache, { recursive: true })
  writeFileSync(join(cache, 'package.json'), '{ "type": "module" }')
  return modules.map((module, index) => {
    const ending = module.isTest ? `test.${module.language}` : module.language
    const file = join(cache, `${module.place.replace(/\W+/g, '_')}_${index}.${ending}`)
    let code = contents(module)
    const imports = treeOf({ [module.place]: code }).get(module.place)!.imports
    for (const { specifier } of imports) {
      const source = doorSource(specifier)
      if (source === undefined) continue
      const path = relative(cache, source)
      code = code
        .replaceAll(`'${specifier}'`, `'${path}'`)
        .replaceAll(`"${specifier}"`, `'${path}'`)
    }
    writeFileSync(file, `${code}\nexport {}\n`)
    return file
  })
}

/** The compiler's complaints, or nothing. */
function typeErrors(modules: readonly DocModule[]): string {
  if (modules.length === 0) return ''
  const files = writeModules(modules, ({ code }) => code)
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
  // What other files of the project have wrong is found elsewhere. Further lines are indented.
  const complaints = stdout.split(/\n(?=\S)/)
  return complaints
    .filter((text) => !text.startsWith('../'))
    .join('\n')
    .trim()
}

/** Broken promises by the place of the module; modules that keep all of theirs are left out. */
function runModules(modules: readonly DocModule[]): Map<string, string[]> {
  const broken = new Map<string, string[]>()
  if (modules.length === 0) return broken
  const files = writeModules(modules, selfChecking).map((file) => pathToFileURL(file).href)
  const runner = join(repositoryRoot, 'test/checks/run_docs.ts')
  const output = execFileSync(process.execPath, [...TSX, runner, ...files], {
    encoding: 'utf8',
    cwd: repositoryRoot,
    timeout: 25_000,
  })
  const results = JSON.parse(output.trimEnd().split('\n').at(-1)!) as string[][]
  for (const [index, promises] of results.entries()) {
    if (promises.length > 0) broken.set(modules[index]!.place, promises)
  }
  return broken
}

/** What vitest has to complain about test files, or nothing. */
function failedTests(modules: readonly DocModule[]): string {
  if (modules.length === 0) return ''
  writeModules(modules, ({ code }) => code)
  // What is below node_modules would be handed to Node.js as it is.
  const config = { test: { include: ['*.test.ts'], server: { deps: { inline: [/docs-test/] } } } }
  const report = join(cache, 'report.json')
  writeFileSync(join(cache, 'vitest.config.js'), `export default ${inspect(config, { depth: 5 })}`)
  const vitest = join(repositoryRoot, 'node_modules/vitest/vitest.mjs')
  const { VITEST: _, ...env } = process.env
  const command = [vitest, 'run', '--root', cache, '--reporter=json', `--outputFile=${report}`]
  const { stderr } = spawnSync(process.execPath, command, { encoding: 'utf8', env, cwd: cache })
  if (!existsSync(report)) return `vitest wrote no report:\n${stderr}`
  const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as VitestReport
  const ran = testResults.length === modules.length ? [] : ['Not every file was run.']
  const failures = testResults.flatMap(({ status, message, assertionResults }) => [
    ...(status === 'failed' && message !== '' ? [message] : []),
    ...assertionResults.flatMap(({ fullName, failureMessages }) =>
      failureMessages.map((text) => `${fullName}: ${text}`),
    ),
  ])
  return [...ran, ...failures].join('\n')
}

interface VitestReport {
  readonly testResults: readonly {
    readonly status: string
    readonly message: string
    readonly assertionResults: readonly {
      readonly fullName: string
      readonly failureMessages: readonly string[]
    }[]
  }[]
}
