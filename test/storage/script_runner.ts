/**
 * Golden schedules: a file tells a story in steps, and below `---` what each of them gave.
 *
 *     # Who writes first wins.
 *     t1: begin
 *     t2: begin
 *     t1: put x 1
 *     t2: !put x 2 [chain]
 *     ---
 *     t1: begin -> OK
 *     ...
 *
 * A prefix names the session, which is opened when it is first named; `store:` is the store itself.
 * `!` says that the step must fail. `[chain]` shows the versions of the step's key afterwards, the newest
 * first; `[stats a b]` shows counters. The runner writes the same file anew, and the test compares.
 */
import {
  type BeginOptions,
  type Cursor,
  OK,
  type ReturnCode,
  returnCodeName,
  Session,
  type Statistics,
  Store,
  subLevelName,
  type Table,
  WOULD_SPIN,
  WT_DUPLICATE_KEY,
  WT_NONE,
  WT_NOTFOUND,
} from '../../src/storage/index.ts'
import {
  ABORTED,
  MODIFY,
  NO_TXN,
  PREPARE_IN_PROGRESS,
  RESERVE,
  TOMBSTONE,
  type Update,
} from '../../src/storage/update.ts'

interface Step {
  readonly text: string
  readonly actor: string
  readonly op: string
  readonly args: readonly string[]
  readonly mustFail: boolean
  readonly tag: readonly string[] | undefined
}

type TextCursor = Cursor<string, string>

interface Actor {
  readonly session: Session
  /** For single steps; reset after each. */
  readonly cursor: TextCursor
  readonly overwriting: TextCursor
  /** Stays where it is between steps. */
  readonly staying: TextCursor
}

/** Runs the script at the top of the file; returns the file as it should be. */
export function runScript(file: string): string {
  const script = (file.split(/^---$/m)[0] as string).trimEnd()
  const runner = new ScriptRunner()
  const results = script
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'))
    .flatMap((line) => runner.run(parseStep(line)))
  return `${script}\n---\n${results.join('\n')}\n`
}

function parseStep(line: string): Step {
  const match = /^(\w+): (!?)([^[]+?)(?: \[(.+)\])?$/.exec(line)
  if (match === null) throw new Error(`not a step: ${line}`)
  const [, actor, bang, words, tag] = match
  const [op, ...args] = (words as string).split(' ')
  return {
    text: `${actor}: ${words}`,
    actor: actor as string,
    op: op as string,
    args,
    mustFail: bang === '!',
    tag: tag?.split(' '),
  }
}

class ScriptRunner {
  readonly #store: Store = new Store()
  readonly #table: Table<string, string> = this.#store.createTable({ name: 't', keys: 'string' })
  readonly #actors: Map<string, Actor> = new Map()

  run(step: Step): string[] {
    const { code, found } = this.#perform(step)
    const failed = code !== OK
    if (failed !== step.mustFail) {
      const expected = step.mustFail ? 'was to fail' : 'was to succeed'
      throw new Error(`"${step.text}" ${expected}, but gave ${returnCodeName(code)}`)
    }
    const outcome = failed ? this.#failure(step, code) : (found ?? 'OK')
    return [`${step.text} -> ${outcome}`, ...this.#appendix(step)]
  }

  #perform(step: Step): { readonly code: ReturnCode; readonly found?: string } {
    const { op, args } = step
    if (step.actor === 'store') return { code: this.#global(step) }
    const actor = this.#actor(step.actor)
    const { session, cursor, overwriting } = actor
    const timestamp = args[0] === undefined ? undefined : Number(args[0])
    switch (op) {
      case 'begin':
        return { code: session.begin(beginOptions(args)) }
      case 'rollback':
        return { code: session.rollback() }
      case 'prepare':
        return { code: session.prepare({ prepareTimestamp: Number(args[0]) }) }
      case 'commit':
        return {
          code: session.commit({
            ...(timestamp !== undefined && { commitTimestamp: timestamp }),
            ...(args[1] !== undefined && { durableTimestamp: Number(args[1]) }),
          }),
        }
      case 'reset_snapshot':
        return { code: session.resetSnapshot() }
      case 'get':
        return this.#momentary(cursor, args, () => cursor.search(), true)
      case 'put':
        return this.#momentary(overwriting, args, () => overwriting.insert(), false)
      case 'insert':
      case 'update':
      case 'remove':
        return this.#momentary(cursor, args, () => cursor[op](), false)
      case 'reserve':
        return this.#momentary(cursor, args, () => cursor.reserve(), true)
      case 'scan':
        return scan(cursor, args)
      case 'truncate':
        return this.#truncate(actor, args)
      default:
        return this.#stay(actor, step)
    }
  }

  #global({ op, args }: Step): ReturnCode {
    const timestamp = Number(args[0])
    if (op === 'oldest') return this.#store.setTimestamps({ oldestTimestamp: timestamp })
    if (op === 'stable') return this.#store.setTimestamps({ stableTimestamp: timestamp })
    throw new Error(`no such step of the store: ${op}`)
  }

  #momentary(
    cursor: TextCursor,
    [key, value]: readonly string[],
    call: () => ReturnCode,
    reads: boolean,
  ): { readonly code: ReturnCode; readonly found?: string } {
    cursor.setKey(key as string)
    if (value !== undefined) cursor.setValue(value)
    const code = call()
    const found = code === OK && reads ? cursor.getValue() : undefined
    cursor.reset()
    return found === undefined ? { code } : { code, found }
  }

  #truncate({ session, cursor, overwriting }: Actor, [from, to]: readonly string[]) {
    cursor.setKey(from as string)
    overwriting.setKey(to as string)
    return { code: session.truncate(cursor, overwriting) }
  }

  /** Steps of the cursor that stays: `stand KEY`, `next`, `prev`, `change VALUE`, `delete`. */
  #stay({ staying }: Actor, { op, args }: Step) {
    const [argument = ''] = args
    let code: ReturnCode
    if (op === 'stand') {
      staying.setKey(argument)
      code = staying.search()
    } else if (op === 'next' || op === 'prev') code = staying[op]()
    else if (op === 'change') {
      staying.setValue(argument)
      return { code: staying.update() }
    } else if (op === 'delete') return { code: staying.remove() }
    else throw new Error(`no such step: ${op}`)
    return code === OK ? { code, found: `${staying.getKey()}=${staying.getValue()}` } : { code }
  }

  #failure({ actor, op }: Step, code: ReturnCode): string {
    const name = returnCodeName(code)
    if (actor === 'store' || [WT_NOTFOUND, WT_DUPLICATE_KEY, WOULD_SPIN].includes(code as never)) {
      return name
    }
    // The reset after the step has wiped the last error, but the transaction still knows the reason.
    const reason = op === 'commit' ? WT_NONE : this.#actor(actor).session.transaction?.subLevelError
    return reason === undefined || reason === WT_NONE ? name : `${name} (${subLevelName(reason)})`
  }

  #appendix({ tag, args }: Step): string[] {
    if (tag === undefined) return []
    const [kind, ...names] = tag
    if (kind === 'chain') return [`    ${this.#chain(args[0] as string)}`]
    if (kind !== 'stats') throw new Error(`no such tag: ${kind}`)
    const statistics = this.#store.statistics()
    return [
      `    ${names.map((name) => `${name} ${statistics[name as keyof Statistics]}`).join(', ')}`,
    ]
  }

  #chain(key: string): string {
    const versions: string[] = []
    const row = this.#table.find(key)
    for (let at = row?.head; at !== undefined; at = at.next) versions.push(this.#version(at))
    if (row?.settled !== undefined) versions.push(`${row.settled} (settled)`)
    return `${key}: ${versions.length === 0 ? 'nothing' : versions.join(' <- ')}`
  }

  #version(update: Update<string>): string {
    const { txnId, type, value, times } = update
    const what = type === TOMBSTONE ? 'deleted' : type === RESERVE ? 'reserved' : String(value)
    if (txnId === ABORTED) return 'undone'
    const who = txnId === NO_TXN ? '' : ` by ${txnId}`
    const isOpen = this.#store.context.transactions.holderOf(txnId) !== undefined
    const state =
      times?.prepareState === PREPARE_IN_PROGRESS ? ' (prepared)' : isOpen ? ' (open)' : ''
    const when = times === undefined || times.startTs === 0 ? '' : ` @${times.startTs}`
    return `${what}${type === MODIFY ? ' (delta)' : ''}${who}${when}${state}`
  }

  #actor(name: string): Actor {
    let actor = this.#actors.get(name)
    if (actor === undefined) {
      const session = new Session(this.#store)
      actor = {
        session,
        cursor: session.openCursor(this.#table, { overwrite: false }),
        overwriting: session.openCursor(this.#table),
        staying: session.openCursor(this.#table),
      }
      this.#actors.set(name, actor)
    }
    return actor
  }
}

function beginOptions(words: readonly string[]): BeginOptions {
  let options: BeginOptions = {}
  for (const word of words) {
    if (word === 'read-committed' || word === 'read-uncommitted') options = { isolation: word }
    else if (word === 'ignore_prepare') options = { ...options, ignorePrepare: true }
    else if (word === 'no_timestamp') options = { ...options, noTimestamp: true }
    else if (word.startsWith('@')) options = { ...options, readTimestamp: Number(word.slice(1)) }
    else throw new Error(`begin has no "${word}"`)
  }
  return options
}

/** Ends with the code that is no row: not finding another is success. */
function scan(cursor: TextCursor, [lower, upper]: readonly string[]) {
  const rows: string[] = []
  if (lower !== undefined) {
    cursor.setKey(lower)
    cursor.bound('lower')
  }
  if (upper !== undefined) {
    cursor.setKey(upper)
    cursor.bound('upper')
  }
  let code = cursor.next()
  for (; code === OK; code = cursor.next()) rows.push(`${cursor.getKey()}=${cursor.getValue()}`)
  cursor.reset()
  return code === WT_NOTFOUND
    ? { code: OK as ReturnCode, found: rows.length === 0 ? '(nothing)' : rows.join(' ') }
    : { code }
}
