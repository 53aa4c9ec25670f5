/**
 * Schedules: small stories of transactions and plain operations, and what came of them.
 *
 *     # What this shows, in a sentence.
 *     t1: begin                                a transaction with an open snapshot
 *     t1: update 1 {$inc: {value: 8}}          a statement of it
 *     p1: update 1 {$inc: {value: 1}}          a plain operation, outside of any transaction
 *     t2: !update 1 {$inc: {value: 2}}         must fail
 *     time: advance 1000                       milliseconds; nothing else makes time pass
 *     fault: loseReply {command: 'update'}     what goes wrong on purpose, by its options
 *     ---
 *     t1: matched 1 modified 1
 *     p1: waits
 *     ...
 *
 * Below the line stands what happened, one line a step and one more for each operation that waited,
 * where it ended. Statements work on `demo`, or on another collection by `in <name>` at the end.
 * Actors whose name begins with `t` have a session and a transaction; those with `r` a session whose
 * writes can be retried, each under a number of its own, by `again`; the others have neither.
 *
 * `again` sends an actor's last command once more; who lost a reply is told that the connection broke.
 *
 * `tail` opens a cursor that follows a capped collection and waits for more, `more` reads it on;
 * `killCursor <actor>` ends the cursor of another.
 */
import { Long } from 'bson'
import type { Document } from '../../src/bson/index.ts'
import { ConnectionClosedError } from '../../src/server/index.ts'
import { abort, type Bench, commit, continuing, makeBench, retryable, starting } from './harness.ts'

export interface Schedule {
  readonly script: readonly string[]
}

const SCRIPT_END = '---'
const SCHEDULE_END = '==='

export function parseSchedules(text: string): Schedule[] {
  return text.split(`\n${SCHEDULE_END}\n`).map((part) => {
    const lines = part.split('\n')
    const end = lines.indexOf(SCRIPT_END)
    const script = end === -1 ? lines : lines.slice(0, end)
    return { script: script.filter((line) => line.trim() !== '') }
  })
}

/** Looks on while a schedule is played. */
export interface Onlooker {
  /** Whatever is done until the next call is done by this actor. */
  actor(name: string): void
  /** The schedule is over. @returns lines that follow what happened */
  remarks(): readonly string[]
}

/** Runs every schedule of a file and renders script and results as the file should read. */
export async function renderSchedules(
  text: string,
  watch?: (bench: Bench) => Onlooker,
): Promise<string> {
  const parts: string[] = []
  for (const schedule of parseSchedules(text)) {
    const results = await new Player(watch).play(schedule)
    parts.push([...schedule.script, SCRIPT_END, ...results].join('\n'))
  }
  return `${parts.join(`\n${SCHEDULE_END}\n`)}\n`
}

interface Step {
  readonly actor: string
  readonly mustFail: boolean
  readonly verb: string
  readonly args: readonly unknown[]
  readonly coll: string
}

class Player {
  readonly #bench: Bench = makeBench({ manual: true })
  readonly #results: string[] = []
  readonly #actors = new Map<string, Actor>()
  readonly #waiting = new Set<string>()
  readonly #onlooker: Onlooker | undefined

  constructor(watch: ((bench: Bench) => Onlooker) | undefined) {
    this.#onlooker = watch?.(this.#bench)
  }

  async play({ script }: Schedule): Promise<string[]> {
    for (const line of script) {
      if (line.startsWith('#')) continue
      try {
        await this.#step(parseStep(line))
      } catch (error) {
        throw new Error(`in "${script[0]}" at "${line}"`, { cause: error })
      }
    }
    for (const name of this.#waiting) this.#results.push(`${name}: still waits`)
    this.#results.push(...(this.#onlooker?.remarks() ?? []))
    this.#bench.stop()
    return this.#results
  }

  async #step(step: Step): Promise<void> {
    if (step.actor === 'time') {
      await this.#bench.clock.advance(step.args[0] as number)
      return
    }
    if (step.actor === 'fault') {
      this.#arm(step)
      return
    }
    this.#onlooker?.actor(step.actor)
    const actor = this.#actorOf(step.actor)
    const commands = actor.commandsFor(this.#resolved(step))
    for (const command of commands.slice(0, -1)) await this.#bench.run(command)
    const last = commands.at(-1)
    if (last === undefined) return
    const startedMs = this.#bench.clock.elapsed()
    const ended = this.#bench.run(last).then(
      (reply) => this.#ended(step, reply, startedMs),
      (error: Error) => this.#lost(step, error),
    )
    this.#waiting.add(step.actor)
    await Promise.race([ended, turn()])
    if (this.#waiting.has(step.actor)) this.#results.push(`${step.actor}: waits`)
  }

  #arm({ verb, args }: Step): void {
    const faults = this.#bench.server.faults as unknown as Record<string, (given: unknown) => void>
    faults[verb]!(args[0] ?? {})
  }

  #lost(step: Step, error: Error): void {
    if (error.name === 'StoppedError') return
    if (!(error instanceof ConnectionClosedError)) throw error
    this.#waiting.delete(step.actor)
    if (!step.mustFail) throw new Error(`${step.actor}: ${step.verb} lost its connection`)
    this.#results.push(`${step.actor}: the connection broke`)
  }

  /** A cursor is named by whoever opened it. */
  #resolved(step: Step): Step {
    if (step.verb === 'more')
      return { ...step, args: [this.#actorOf(step.actor).cursor, ...step.args] }
    if (step.verb !== 'killCursor') return step
    return { ...step, args: [this.#actorOf(String(step.args[0])).cursor] }
  }

  #ended(step: Step, reply: Document, startedMs: number): void {
    this.#waiting.delete(step.actor)
    this.#actorOf(step.actor).noteCursor(reply)
    const failed = reply['ok'] !== 1 || reply['writeErrors'] !== undefined
    if (failed !== step.mustFail) {
      const said = step.mustFail ? 'must fail' : 'must not fail'
      throw new Error(`${step.actor}: ${step.verb} ${said}: ${JSON.stringify(reply)}`)
    }
    const waitedMs = this.#bench.clock.elapsed() - startedMs
    const after = waitedMs > 0 ? ` after ${waitedMs} ms` : ''
    for (const line of describeReply(reply)) this.#results.push(`${step.actor}: ${line}${after}`)
  }

  #actorOf(name: string): Actor {
    const known = this.#actors.get(name) ?? new Actor(name, this.#actors.size + 1)
    this.#actors.set(name, known)
    return known
  }
}

/** Everything that promises can bring about without time moving has been brought about. */
const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0))

const RETRYABLE = ['insert', 'update', 'delete', 'findAndModify']

class Actor {
  readonly #isTransactional: boolean
  readonly #isRetrying: boolean
  #last: Document = {}
  readonly #session: number
  #txnNumber = 0
  #isFirst = false
  /** The one it opened last. */
  cursor: unknown = Long.ZERO

  constructor(name: string, session: number) {
    this.#isTransactional = name.startsWith('t')
    this.#isRetrying = name.startsWith('r')
    this.#session = session
  }

  noteCursor({ cursor }: Document): void {
    if (cursor !== undefined) this.cursor = (cursor as Document)['id']
  }

  commandsFor(step: Step): Document[] {
    if (step.verb === 'again') return [this.#last]
    if (step.verb === 'commit' || step.verb === 'abort') {
      const end = step.verb === 'commit' ? commit : abort
      this.#last = end(this.#session, this.#txnNumber)
      return [this.#last]
    }
    if (step.verb !== 'begin') {
      this.#last = this.#within(commandOf(step))
      return [this.#last]
    }
    this.#txnNumber++
    this.#isFirst = true
    if (step.args[0] === 'lazily') return []
    return [this.#within({ find: 'nothing', filter: {} })]
  }

  #within(command: Document): Document {
    if (this.#isRetrying && RETRYABLE.some((name) => name in command)) {
      return retryable(this.#session, ++this.#txnNumber, command)
    }
    if (!this.#isTransactional) return command
    const put = this.#isFirst ? starting : continuing
    this.#isFirst = false
    return put(this.#session, this.#txnNumber, command)
  }
}

/** `actor: [!]verb arg ... [in collection]` */
function parseStep(line: string): Step {
  const match = /^(\w+): (!?)(\w+)(.*?)(?: in (\S+))?$/.exec(line)
  if (match === null) throw new Error(`no step: ${line}`)
  const [, actor = '', bang, verb = '', rest = '', coll = 'demo'] = match
  return { actor, mustFail: bang === '!', verb, args: parseArgs(rest), coll }
}

/** Words, numbers and documents in the shell's notation, separated by spaces. */
function parseArgs(text: string): unknown[] {
  const args: unknown[] = []
  let rest = text.trim()
  while (rest !== '') {
    const length = /^[{[]/.test(rest) ? closingOf(rest) : rest.search(/\s|$/)
    args.push(parseValue(rest.slice(0, length)))
    rest = rest.slice(length).trim()
  }
  return args
}

function closingOf(text: string): number {
  let depth = 0
  for (let i = 0; i < text.length; i++) {
    if ('{['.includes(text[i]!)) depth++
    if ('}]'.includes(text[i]!) && --depth === 0) return i + 1
  }
  throw new Error(`unbalanced: ${text}`)
}

function parseValue(text: string): unknown {
  if (/^[{[]/.test(text)) {
    const quoted = text.replace(/([{,]\s*)([$\w.]+):/g, '$1"$2":').replaceAll("'", '"')
    return JSON.parse(quoted)
  }
  return /^-?\d+$/.test(text) ? Number(text) : text
}

function commandOf({ verb, args, coll }: Step): Document {
  const [first, second, third] = args as [never, never, never]
  const byId = { _id: first }
  switch (verb) {
    case 'insert':
      return { insert: coll, documents: args }
    case 'update':
      return { update: coll, updates: [{ q: byId, u: second }], ...limits(third) }
    case 'upsert':
      return { update: coll, updates: [{ q: byId, u: second, upsert: true }], ...limits(third) }
    case 'updateMany':
      return { update: coll, updates: [{ q: first, u: second, multi: true }], ...limits(third) }
    case 'delete':
      return { delete: coll, deletes: [{ q: byId, limit: 1 }], ...limits(second) }
    case 'deleteMany':
      return { delete: coll, deletes: [{ q: first, limit: 0 }], ...limits(second) }
    case 'find':
      return { find: coll, filter: first ?? {}, sort: { _id: 1 } }
    case 'tail':
      return { find: coll, filter: first ?? {}, tailable: true, awaitData: true }
    case 'more':
      return { getMore: first, collection: coll, ...limits(second) }
    case 'killCursor':
      return { killCursors: coll, cursors: [first] }
    case 'findAndModify':
      return { findAndModify: coll, query: byId, update: second, new: true, ...limits(third) }
    case 'create':
      return { create: coll }
    case 'drop':
      return { drop: coll, ...limits(first) }
    case 'unique': {
      const key = { [String(first)]: 1 }
      return {
        createIndexes: coll,
        indexes: [{ key, name: `${first}_1`, unique: true }],
        ...limits(second),
      }
    }
    case 'index': {
      const key = { [String(first)]: 1 }
      return { createIndexes: coll, indexes: [{ key, name: `${first}_1` }], ...limits(second) }
    }
    case 'run':
      return first
    default:
      throw new Error(`no verb: ${verb}`)
  }
}

/** `maxTimeMS=100` */
function limits(arg: string | undefined): Document {
  if (arg === undefined) return {}
  const [name = '', value] = arg.split('=')
  return { [name]: Number(value) }
}

function describeReply(reply: Document): string[] {
  if (reply['ok'] !== 1) {
    const { codeName, code, errmsg, errorLabels } = reply
    const labels = errorLabels === undefined ? '' : ` labels=${(errorLabels as string[]).join(',')}`
    return [`${codeName} (${code})${labels}: ${shorten(String(errmsg))}`]
  }
  const errors = (reply['writeErrors'] as Document[] | undefined) ?? []
  const failures = errors.map(
    ({ index, code, errmsg }) => `write error ${index} (${code}): ${shorten(String(errmsg))}`,
  )
  const { retriedStmtIds, retriedStmtId = retriedStmtIds } = reply
  const again = retriedStmtId === undefined ? '' : ` (statement ${retriedStmtId} was done before)`
  return [describeSuccess(reply) + again, ...failures]
}

/** The idents of tables are drawn by chance. */
const shorten = (message: string): string => message.replace(/table:\S+/g, 'table:…')

function describeSuccess(reply: Document): string {
  const { n, nModified, upserted, cursor, value } = reply
  if (cursor !== undefined) {
    const { firstBatch, nextBatch, id } = cursor as Document
    const batch = JSON.stringify(firstBatch ?? nextBatch).replaceAll('"', '')
    return String(id) === '0' ? batch : `${batch} and more`
  }
  if (value !== undefined) return `value ${JSON.stringify(value).replaceAll('"', '')}`
  if (upserted !== undefined)
    return `upserted ${JSON.stringify((upserted as Document[])[0]!['_id'])}`
  if (nModified !== undefined) return `matched ${n} modified ${nModified}`
  return n === undefined ? 'ok' : `n ${n}`
}
