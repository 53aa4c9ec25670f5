/**
 * The bare storage layer: single-operation transactions, a transaction of two reads and two writes,
 * and a loop of conflicts with a row that somebody holds, on 100,000 rows under shuffled keys. All
 * invariants are on. Run: `npx tsx bench/storage.ts`.
 *
 * Beside it, where Debian's libwiredtiger-dev is installed, the same workloads on the real WiredTiger
 * in memory (`bench/wiredtiger.c`), in C, in the same run. CPU time of the process; medians of rounds.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'
import { OK, Store, type Table, type TableOptions, WT_ROLLBACK } from '../src/storage/index.ts'
import { median, table } from './report.ts'

const KEYS = 100_000
const CONFLICTS = 300_000
const ROUNDS = 5
const VALUE = 'v'.repeat(100)
const HEADER = '/usr/include/wiredtiger.h'

const WORKLOADS = ['put', 'get', 'update', 'transaction', 'conflict'] as const
type Workload = (typeof WORKLOADS)[number]

export interface BenchRow {
  readonly name: string
  /** Median over the rounds, per second of CPU time. */
  readonly opsPerSecond: number
  /** CPU time of the median round, per operation. */
  readonly cpuNsPerOp: number
}

export interface BenchResult {
  readonly rows: readonly BenchRow[]
  /** Operations per second of WiredTiger in C by workload; undefined where it was left out. */
  readonly wiredTiger: Readonly<Record<string, number>> | undefined
  readonly wiredTigerVersion: string | undefined
}

const KINDS: readonly TableOptions[] = [
  { name: 'string, map first', keys: 'string', ordered: 'lazy' },
  { name: 'string, tree only', keys: 'string', ordered: 'eager' },
  { name: 'integer', keys: 'integer' },
]

/** Every number below `count` once, in an order that C can make too. */
function shuffled(count: number): number[] {
  const order = Array.from({ length: count }, (_, i) => i)
  let state = 12345
  for (let i = count - 1; i > 0; i--) {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff
    const j = state % (i + 1)
    const swapped = order[i] as number
    order[i] = order[j] as number
    order[j] = swapped
  }
  return order
}

type Key = string | number
type Measure = (workload: Workload, count: number, body: () => void) => void

function runRound(options: TableOptions, keys: readonly Key[], measure: Measure): void {
  const store = new Store()
  const rows = store.createTable<Key, string>(options)
  const key = (i: number): Key => keys[i % KEYS] as Key
  measure('put', KEYS, () => {
    for (let i = 0; i < KEYS; i++) {
      const transaction = store.begin()
      transaction.put(rows, key(i), VALUE)
      expectOk(transaction.commit())
    }
  })
  measure('get', KEYS, () => {
    for (let i = 0; i < KEYS; i++) {
      const transaction = store.begin()
      if (transaction.get(rows, key(i * 7919)) !== VALUE) throw new Error('a row is missing')
      expectOk(transaction.commit())
    }
  })
  measure('update', KEYS, () => {
    for (let i = 0; i < KEYS; i++) {
      const transaction = store.begin()
      transaction.update(rows, key(i * 7919), VALUE)
      expectOk(transaction.commit())
    }
  })
  measure('transaction', KEYS, () => {
    for (let i = 0; i < KEYS; i++) readAndWriteTwo(store, rows, key(i), key(i * 7919 + 1))
  })
  const holder = store.begin()
  holder.put(rows, key(0), VALUE)
  measure('conflict', CONFLICTS, () => {
    for (let i = 0; i < CONFLICTS; i++) {
      const transaction = store.begin()
      if (transaction.put(rows, key(0), VALUE) !== WT_ROLLBACK) throw new Error('no conflict')
      transaction.rollback()
    }
  })
}

function readAndWriteTwo(store: Store, rows: Table<Key, string>, one: Key, two: Key): void {
  const transaction = store.begin()
  if (transaction.get(rows, one) === undefined) throw new Error('a row is missing')
  if (transaction.get(rows, two) === undefined) throw new Error('a row is missing')
  transaction.put(rows, one, VALUE)
  transaction.put(rows, two, VALUE)
  expectOk(transaction.commit())
}

function expectOk(code: number): void {
  if (code !== OK) throw new Error(`a commit answered ${code}`)
}

/** Measures our workloads, and the same ones in C where that is possible. */
export async function run(): Promise<BenchResult> {
  const order = shuffled(KEYS)
  // Through bytes, as key strings are made: a string that was put together is slower to compare.
  const texts = order.map((n) =>
    Buffer.from(`key${String(n).padStart(10, '0')}`, 'latin1').toString('latin1'),
  )
  const figures = new Map<string, { count: number; secondsOfRounds: number[] }>()
  for (let round = 0; round < ROUNDS; round++) {
    for (const options of KINDS) {
      const keys = options.keys === 'integer' ? order : texts
      runRound(options, keys, (workload, count, body) => {
        const before = process.cpuUsage()
        body()
        const { user, system } = process.cpuUsage(before)
        const name = `${workload} (${options.name})`
        const figure = figures.get(name) ?? { count, secondsOfRounds: [] }
        figure.secondsOfRounds.push((user + system) / 1e6)
        figures.set(name, figure)
      })
    }
  }
  const rows = [...figures].map(([name, { count, secondsOfRounds }]) => {
    const seconds = median(secondsOfRounds)
    return { name, opsPerSecond: count / seconds, cpuNsPerOp: (seconds * 1e9) / count }
  })
  return { rows, ...runWiredTiger() }
}

/** Compiles and runs `wiredtiger.c` in a folder of its own, where the library's header is. */
function runWiredTiger(): Pick<BenchResult, 'wiredTiger' | 'wiredTigerVersion'> {
  if (!existsSync(HEADER)) return { wiredTiger: undefined, wiredTigerVersion: undefined }
  const folder = mkdtempSync(`${tmpdir()}/palimpsest-wiredtiger-`)
  try {
    const source = fileURLToPath(new URL('wiredtiger.c', import.meta.url))
    const program = `${folder}/wiredtiger`
    execFileSync('cc', ['-O2', '-o', program, source, '-lwiredtiger'])
    const output = execFileSync(program, [String(ROUNDS)], { encoding: 'utf8' })
    return parseWiredTiger(output)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function parseWiredTiger(output: string): Pick<BenchResult, 'wiredTiger' | 'wiredTigerVersion'> {
  const rounds = new Map<string, number[]>()
  let version = ''
  for (const line of output.trim().split('\n')) {
    const [name = '', ...rest] = line.split(' ')
    if (name === 'version') version = rest.join(' ')
    else rounds.set(name, [...(rounds.get(name) ?? []), Number(rest[0])])
  }
  const medians = [...rounds].map(([name, figures]) => [name, median(figures)] as const)
  return { wiredTiger: Object.fromEntries(medians), wiredTigerVersion: version }
}

/** A table: one line per workload, one column per kind of table, and the ratios to C. */
export function render({ rows, wiredTiger, wiredTigerVersion }: BenchResult): string {
  const perSecond = new Map(rows.map((row) => [row.name, row.opsPerSecond]))
  const thousands = (figure: number): string => `${Math.round(figure / 1_000)}k`
  const lines = WORKLOADS.map((workload) => {
    const inC = wiredTiger?.[workload]
    const ours = KINDS.map(({ name }) => {
      const figure = perSecond.get(`${workload} (${name})`) as number
      return inC === undefined
        ? thousands(figure)
        : `${thousands(figure)} (${(figure / inC).toFixed(1)}x)`
    })
    return [workload, ...ours, inC === undefined ? 'left out' : thousands(inC)]
  })
  const about =
    wiredTiger === undefined
      ? `WiredTiger in C was left out: ${HEADER} is not there (Debian: libwiredtiger-dev).`
      : `Beside: ${wiredTigerVersion}. In brackets: how many times as fast as C.`
  const head = ['per second', ...KINDS.map(({ name }) => name), 'WiredTiger, C']
  return `${table(head, lines)}\n\n${about}`
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(render(await run()))
