/** A client over a transport that follows a script, on a clock that sleeps without waiting. */
import { type Document, deserialize, serialize } from 'bson'
import {
  type ClientOptions,
  createClient,
  type PalimpsestClient,
  type SendOptions,
  type Transport,
} from '../../src/client/index.ts'
import { Random } from '../../src/sim/index.ts'

/** A reply, or what makes one of the command; either may be a promise. */
export type Reply = Document | ((command: Document) => Document | Promise<Document>)

/**
 * Answers each command with the next reply, and remembers what it was sent; but for `hello`, which is
 * answered by itself.
 */
export class ScriptedTransport implements Transport {
  isReliable: boolean
  readonly commands: Document[] = []
  readonly options: (SendOptions | undefined)[] = []
  readonly #replies: Reply[]
  /** What it says of itself. */
  hello: () => Document = () => ({ ok: 1, isWritablePrimary: true })

  /** @param isReliable whether writes may do without transaction numbers */
  constructor(replies: readonly Reply[], isReliable = false) {
    this.#replies = [...replies]
    this.isReliable = isReliable
  }

  /** How many replies nobody has asked for. */
  get left(): number {
    return this.#replies.length
  }

  expect(...replies: Reply[]): void {
    this.#replies.push(...replies)
  }

  send(command: Document, options?: SendOptions): Document | Promise<Document> {
    if ('hello' in command) return this.hello()
    this.commands.push(command)
    this.options.push(options)
    const reply = this.#replies.shift()
    if (reply === undefined) throw new Error(`no reply to ${JSON.stringify(command)}`)
    return typeof reply === 'function' ? reply(command) : reply
  }
}

/** Time passes when somebody sleeps, and only then. */
export class FakeClock {
  readonly sleepsMs: number[] = []
  #nowUs: number

  constructor(startMs = 1_700_000_000_000) {
    this.#nowUs = startMs * 1000
  }

  nowUs(): number {
    return this.#nowUs
  }

  pass(ms: number): void {
    this.#nowUs += ms * 1000
  }

  async sleep(ms: number): Promise<void> {
    this.sleepsMs.push(ms)
    this.pass(ms)
  }
}

export interface Scripted {
  readonly client: PalimpsestClient
  readonly transport: ScriptedTransport
  readonly clock: FakeClock
}

export function scripted(
  replies: readonly Reply[] = [],
  options: ClientOptions = {},
  { isReliable = false }: { readonly isReliable?: boolean } = {},
): Scripted {
  const transport = new ScriptedTransport(replies, isReliable)
  const clock = new FakeClock()
  const client = createClient({ transport, clock, random: new Random(1), options })
  return { client, transport, clock }
}

/** What somebody at the other end of a socket would read: no Maps, no undefined, one number type. */
export function asReceived(command: Document): Document {
  return deserialize(serialize(command), { promoteValues: false })
}
