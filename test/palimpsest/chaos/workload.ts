/**
 * A workload drawn from a seed, and what must be true of it however much went wrong underway.
 *
 * Every write leaves a mark of its own: a number pushed into an array, a document, a line in a
 * ledger. So it can be counted afterwards how often each one was applied: once where it was
 * acknowledged, once or never where it failed. Money only moves between accounts.
 *
 * It speaks the driver's surface, and nothing else: the same workload runs over the in-process
 * client and over the real driver.
 */
import type { ClientSession, MongoClient } from 'mongodb'
import { Random } from '../../../src/sim/index.ts'

/** What drives the workload: a client, and the time that its programs sleep by. */
export interface Subject {
  readonly client: MongoClient
  readonly nowMs: () => number
  readonly sleep: (ms: number) => Promise<unknown>
}

export interface Shape {
  readonly clients: number
  readonly actionsEach: number
  /** Whether a transfer may sleep for longer than a transaction may live. */
  readonly mayExpire: boolean
}

/** Something one client did, and what it was told. */
export interface Action {
  readonly who: string
  readonly text: string
  readonly kind: 'push' | 'document' | 'transfer'
  /** What it leaves behind. */
  readonly marks: readonly number[]
  readonly fromMs: number
  toMs: number
  outcome: 'under way' | 'acknowledged' | 'failed'
  error?: Error
}

const ACCOUNTS = 4
const BALANCE = 100
const LISTS = 3

interface Account {
  _id: number
  balance: number
}

interface List {
  _id: number
  marks: number[]
}

interface Line {
  _id: number
  from: number
  to: number
  amount: number
}

const pickTwo = (random: Random, count: number): [number, number] => {
  const first = random.below(count)
  return [first, (first + 1 + random.below(count - 1)) % count]
}

export class Workload {
  readonly actions: Action[] = []
  readonly #subject: Subject
  readonly #random: Random
  readonly #shape: Shape
  #lastMark = 0

  constructor(subject: Subject, seed: number, shape: Shape) {
    this.#subject = subject
    this.#random = new Random(seed)
    this.#shape = shape
  }

  get #db() {
    return this.#subject.client.db('bank')
  }

  get #accounts() {
    return this.#db.collection<Account>('accounts')
  }

  get #lists() {
    return this.#db.collection<List>('lists')
  }

  get #documents() {
    return this.#db.collection<{ _id: number }>('documents')
  }

  get #ledger() {
    return this.#db.collection<Line>('ledger')
  }

  /** Before anything goes wrong. */
  async prepare(): Promise<void> {
    const numbers = (count: number): number[] => Array.from({ length: count }, (_, n) => n)
    await this.#accounts.insertMany(numbers(ACCOUNTS).map((_id) => ({ _id, balance: BALANCE })))
    await this.#lists.insertMany(numbers(LISTS).map((_id) => ({ _id, marks: [] })))
    await this.#db.createCollection('documents')
    await this.#db.createCollection('ledger')
  }

  async run(): Promise<void> {
    const { clients, actionsEach } = this.#shape
    const each = Array.from({ length: clients }, async (_, index) => {
      for (let n = 0; n < actionsEach; n++) await this.#act(`client ${index + 1}`)
    })
    await Promise.all(each)
  }

  /** Sentences about what should not be; to be asked when nothing goes wrong any more. */
  async violations(): Promise<string[]> {
    const times = new Map<number, number>()
    const seen = (mark: number): void => void times.set(mark, (times.get(mark) ?? 0) + 1)
    for (const { marks } of await this.#lists.find().toArray()) marks.forEach(seen)
    for (const { _id } of await this.#documents.find().toArray()) seen(_id)
    const lines = await this.#ledger.find().toArray()
    for (const { _id } of lines) seen(_id)
    const found = this.actions.flatMap((action) => wrongCounts(action, times))
    const accounts = await this.#accounts.find().toArray()
    const sum = accounts.reduce((total, { balance }) => total + balance, 0)
    if (sum !== ACCOUNTS * BALANCE) found.push(`there are ${sum} in the bank, not 400`)
    for (const { _id, balance } of accounts) {
      const moved = lines.reduce(
        (total, { from, to, amount }) => total + (to === _id ? amount : from === _id ? -amount : 0),
        BALANCE,
      )
      if (balance !== moved) found.push(`account ${_id} has ${balance}, by the ledger ${moved}`)
    }
    return found
  }

  async #act(who: string): Promise<void> {
    const random = this.#random
    const kind = random.below(6)
    const mark = this.#mark()
    if (kind === 0) await this.#push(who, mark, 'updateOne')
    else if (kind === 1) await this.#push(who, mark, 'findOneAndUpdate')
    else if (kind === 2) await this.#insert(who, [mark])
    else if (kind === 3) await this.#insert(who, [mark, this.#mark(), this.#mark()])
    else await this.#transfer(who, mark)
  }

  #mark(): number {
    return ++this.#lastMark
  }

  async #push(who: string, mark: number, method: 'updateOne' | 'findOneAndUpdate'): Promise<void> {
    const _id = this.#random.below(LISTS)
    const text = `lists.${method}({ _id: ${_id} }, { $push: { marks: ${mark} } })`
    await this.#told({ who, text, kind: 'push', marks: [mark] }, async () => {
      await this.#lists[method]({ _id }, { $push: { marks: mark } })
    })
  }

  async #insert(who: string, marks: readonly number[]): Promise<void> {
    const documents = marks.map((_id) => ({ _id }))
    const method = marks.length === 1 ? 'insertOne' : 'insertMany'
    const text = `documents.${method}(${marks.map((_id) => `{ _id: ${_id} }`).join(', ')})`
    await this.#told({ who, text, kind: 'document', marks }, async () => {
      if (marks.length === 1) await this.#documents.insertOne(documents[0]!)
      else await this.#documents.insertMany(documents)
    })
  }

  async #transfer(who: string, mark: number): Promise<void> {
    const [from, to] = pickTwo(this.#random, ACCOUNTS)
    const amount = 1 + this.#random.below(20)
    // Some think for longer than the server lets a transaction live; then the next attempt is quick.
    const isSlow = this.#shape.mayExpire && this.#random.below(12) === 0
    let thinkMs = isSlow ? 95_000 : this.#random.below(10)
    const text = `transfer ${mark}: ${amount} from account ${from} to ${to}`
    await this.#told({ who, text, kind: 'transfer', marks: [mark] }, () =>
      this.#subject.client.withSession((session) =>
        session.withTransaction(async () => {
          const ms = thinkMs
          thinkMs = 0
          await this.#move(session, { _id: mark, from, to, amount }, ms)
        }),
      ),
    )
  }

  async #move(session: ClientSession, line: Line, thinkMs: number): Promise<void> {
    const { from, to, amount } = line
    await this.#accounts.updateOne({ _id: from }, { $inc: { balance: -amount } }, { session })
    if (thinkMs > 0) await this.#subject.sleep(thinkMs)
    await this.#accounts.updateOne({ _id: to }, { $inc: { balance: amount } }, { session })
    await this.#ledger.insertOne(line, { session })
  }

  async #told(
    told: Pick<Action, 'who' | 'text' | 'kind' | 'marks'>,
    run: () => Promise<unknown>,
  ): Promise<void> {
    const fromMs = this.#subject.nowMs()
    const action: Action = { ...told, fromMs, toMs: fromMs, outcome: 'under way' }
    this.actions.push(action)
    try {
      await run()
      action.outcome = 'acknowledged'
    } catch (error) {
      action.outcome = 'failed'
      action.error = error as Error
    }
    action.toMs = this.#subject.nowMs()
  }
}

function wrongCounts(action: Action, times: ReadonlyMap<number, number>): string[] {
  const { who, text, marks, outcome, error } = action
  const found = marks.flatMap((mark) => {
    const count = times.get(mark) ?? 0
    const isRight = outcome === 'acknowledged' ? count === 1 : count <= 1
    return isRight ? [] : [`${who}: ${text} ${outcome}, and mark ${mark} is there ${count} times`]
  })
  // Whatever goes wrong on the way is an error of the driver's, and no duplicate key is ever seen.
  const isDuplicate = (error as { code?: unknown } | undefined)?.code === 11000
  if (error !== undefined && (!error.name.startsWith('Mongo') || isDuplicate)) {
    found.push(`${who}: ${text} failed with ${error.name}: ${error.message}`)
  }
  return found
}
