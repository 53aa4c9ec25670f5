/**
 * Who may import whom. Imports go one way, a folder is entered through its `index.ts`, and the
 * machine (`node:` modules) is touched in few places: the simulator runs in a browser too.
 */
import { basename } from 'node:path'
import type { Import, SourceFile, SourceTree } from './source_tree.ts'

/** A top-level folder of `src`: the floors below it that it sees, and the packages that it uses. */
interface Floor {
  readonly sees: readonly string[]
  readonly packages: readonly string[]
  /** The files directly in `src` that it builds on, though most floors are below those. */
  readonly tops?: readonly string[]
}

/** Above them all sit `src/*.ts` and the command line, which see every floor. */
const FLOORS: Readonly<Record<string, Floor>> = {
  sim: { sees: [], packages: [] },
  bson: { sees: [], packages: ['bson', 'decimal.js'] },
  // Opaque keys and values: storage knows no document, hence no `bson`.
  storage: { sees: ['sim'], packages: [] },
  engine: { sees: ['sim', 'bson', 'storage'], packages: ['bson', 'immer'] },
  server: {
    sees: ['sim', 'bson', 'storage', 'engine'],
    packages: ['@mongodb-js/saslprep', 'bson', 'snappyjs'],
  },
  // The driver's half reaches the server through a `Transport`, never directly.
  client: { sees: ['sim', 'bson'], packages: ['bson'] },
  // Pages and pictures as text, for whoever draws.
  picture: { sees: [], packages: [] },
  // The judge shares no code with what it judges; it draws its verdicts.
  check: { sees: ['picture'], packages: [] },
  // It watches a whole simulator from inside, down to what storage is asked.
  explore: {
    sees: ['sim', 'bson', 'storage', 'engine', 'server', 'client', 'check'],
    packages: ['bson'],
    tops: ['src/palimpsest.ts'],
  },
  // The same workloads for the simulator and for any deployment: they know neither.
  workloads: { sees: ['sim', 'check'], packages: [] },
  // Arbitraries for whoever has fast-check.
  fast_check: {
    sees: ['sim', 'check', 'client', 'workloads', 'explore'],
    packages: ['fast-check'],
  },
  // The text of a server program: its command line, its log.
  mongod: { sees: ['bson', 'engine', 'server'], packages: ['bson'] },
}

const TOP_FOLDERS = ['cli', 'testing', 'memory_server']

/** Every file may import it, and it imports nothing. */
const LEAF = 'src/invariant.ts'

/**
 * A part of `server` with a door of its own, because it needs Node.js and the rest does not. Nobody
 * comes this way by accident: the top loads it when somebody listens, the command line whenever.
 */
const WIRE = 'src/server/wire/'
const WIRE_DOOR = `${WIRE}index.ts`

const MACHINE = /^src\/(cli\/|memory_server\/|server\/wire\/|testing\/jest\/|sim\/real\.ts$)/

/** A test runner is whose tests they are: only the doors that are named for it may need it. */
const RUNNERS: Readonly<Record<string, RegExp>> = {
  vitest: /^src\/testing\/vitest\w*\.ts$/,
}

const GRAB_BAGS = new Set(['util', 'utils', 'helper', 'helpers', 'common', 'misc', 'shared'])

/** One sentence for each import, name or cycle that breaks the layers. */
export function layerViolations(tree: SourceTree): string[] {
  const violations: string[] = []
  for (const file of tree.values()) {
    const named = file.path.split('/').find((part) => GRAB_BAGS.has(basename(part, '.ts')))
    if (named !== undefined) {
      violations.push(`${file.path}: name the concept; "${named}" is a place for anything.`)
    }
    for (const one of file.imports) {
      const wrong =
        one.file === undefined ? wrongPackage(file, one) : wrongFile(tree, file, one, one.file)
      if (wrong !== undefined) violations.push(`${file.path}:${one.line}: ${wrong}`)
    }
  }
  return [...violations, ...cycles(tree).map((cycle) => `Import cycle: ${cycle.join(' -> ')}.`)]
}

/** The floor of a file: a folder's name, or undefined for what sits on top. */
function floorOf(path: string): string | undefined {
  const parts = path.split('/')
  return parts.length > 2 ? parts[1] : undefined
}

function wrongPackage(file: SourceFile, { specifier }: Import): string | undefined {
  if (specifier.startsWith('node:')) {
    if (MACHINE.test(file.path)) return undefined
    return (
      `imports ${specifier}; the simulator runs in a browser too: only src/cli, src/memory_server, ` +
      'src/server/wire, src/testing/jest and src/sim/real.ts touch the machine.'
    )
  }
  const name = packageOf(specifier)
  const door = RUNNERS[name]
  if (door !== undefined && !door.test(file.path)) {
    return `imports ${name}; only the module that tests of ${name} import may need it.`
  }
  const floor = floorOf(file.path)
  if (floor === undefined || TOP_FOLDERS.includes(floor)) return undefined
  if (FLOORS[floor]?.packages.includes(name)) return undefined
  return `imports the package ${name}, which ${floor} does not use; see FLOORS in the layers check.`
}

/** The name of a package: `@scope/name/door` is of `@scope/name`. */
export function packageOf(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
}

function wrongFile(
  tree: SourceTree,
  file: SourceFile,
  one: Import,
  target: string,
): string | undefined {
  if (!tree.has(target))
    return `imports ${target}, which does not exist (write the whole name, .ts).`
  if (file.path === LEAF) return `imports ${target}; it is a leaf and imports nothing.`
  if (target === LEAF) return undefined
  const from = floorOf(file.path)
  const to = floorOf(target)
  if (target.startsWith(WIRE) && !file.path.startsWith(WIRE)) return wrongWire(file, one, target)
  if (from === to) return undefined
  if (from !== undefined && !TOP_FOLDERS.includes(from)) {
    const floor = FLOORS[from]
    if (floor === undefined)
      return `is on no floor: give src/${from} its place in the layers check.`
    if (to === undefined) {
      if (floor.tops?.includes(target)) return undefined
      return `imports ${target}, which sits on top of ${from}.`
    }
    if (!floor.sees.includes(to)) {
      const sees = floor.sees.length === 0 ? 'no other floor' : floor.sees.join(', ')
      return `${from} imports from ${to}, but it sees ${sees} only.`
    }
  }
  if (to !== undefined && TOP_FOLDERS.includes(to))
    return `imports ${target}; nobody imports ${to}.`
  if (to !== undefined && target !== `src/${to}/index.ts`) {
    return `imports ${target}; a folder is entered through its door, src/${to}/index.ts.`
  }
  return undefined
}

function wrongWire(file: SourceFile, one: Import, target: string): string | undefined {
  const from = floorOf(file.path)
  if (from !== undefined && !TOP_FOLDERS.includes(from)) {
    return `imports ${target}; the wire is for those on top.`
  }
  if (target !== WIRE_DOOR) {
    return `imports ${target}; a folder is entered through its door, ${WIRE_DOOR}.`
  }
  if (from !== undefined || one.typeOnly || one.lazy) return undefined
  return `imports ${target} at once; load it by import() when somebody listens.`
}

/**
 * One cycle for each knot of modules that need each other to be evaluated. Types are left out: the
 * functions that a class is split into may take that class by its type.
 */
function cycles(tree: SourceTree): string[][] {
  const found: string[][] = []
  const done = new Set<string>()
  const stack: string[] = []
  const visit = (path: string): void => {
    const at = stack.indexOf(path)
    if (at !== -1) {
      found.push([...stack.slice(at), path])
      return
    }
    if (done.has(path)) return
    stack.push(path)
    for (const { file, typeOnly } of tree.get(path)?.imports ?? []) {
      if (!typeOnly && file !== undefined && tree.has(file)) visit(file)
    }
    stack.pop()
    done.add(path)
  }
  for (const path of tree.keys()) visit(path)
  return found
}
