import type { Document } from 'bson'
import type { ActorRun } from './play/actor_run.ts'
import type { PlayListener } from './play/player.ts'
import { statementText } from './play/transports.ts'
import { type Thread, TIME } from './schedule_text.ts'

/** One statement of an actor, from the step in which it began to that in which it was answered. */
export interface TimelineStatement {
  readonly actor: string
  /** `update stock` */
  readonly name: string
  /** What it asked for, as JSON. */
  readonly command: string
  readonly session: string | undefined
  /** Positions of steps. */
  readonly from: number
  readonly to: number | undefined
  /** What was found or done, as JSON; the message of an error. */
  readonly reply: string | undefined
  readonly failed: boolean
}

export interface TimelineStep {
  readonly actor: string | undefined
  readonly kind: 'actor' | 'time' | 'server'
}

export interface Timeline {
  readonly actors: readonly string[]
  readonly steps: readonly TimelineStep[]
  readonly statements: readonly TimelineStatement[]
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] }

/** What says nothing to people. */
const ENVELOPE = new Set(['$db', 'lsid', 'txnNumber', 'autocommit', 'startTransaction', 'ordered'])

/** Takes down a schedule as it is played: as a timeline, and line by line. */
export class TimelineRecorder implements PlayListener {
  readonly #actors: readonly string[]
  readonly #nowUs: () => number
  readonly #steps: TimelineStep[] = []
  readonly #statements: Mutable<TimelineStatement>[] = []
  readonly #open = new Map<ActorRun, Mutable<TimelineStatement>[]>()
  readonly #lines: string[] = []
  readonly #commands: Document[] = []

  /** @param nowUs virtual time since the beginning */
  constructor(actors: readonly string[], nowUs: () => number) {
    this.#actors = actors
    this.#nowUs = nowUs
  }

  get timeline(): Timeline {
    return { actors: this.#actors, steps: this.#steps, statements: this.#statements }
  }

  /** Those of the statements, as they were sent. */
  get commands(): readonly Document[] {
    return this.#commands
  }

  get trace(): string {
    return this.#lines.join('\n')
  }

  step(thread: Thread, actor: ActorRun | undefined, at: number): void {
    if (at < 0) return
    const kind = actor !== undefined ? 'actor' : thread === TIME ? 'time' : 'server'
    this.#steps.push({ actor: actor?.name, kind })
    this.#lines.push(`${this.#nowUs()} step ${at} ${actor?.name ?? kind}`)
    if (actor === undefined) return
    // Sent before, and begun now that it is its turn.
    const waiting = this.#open.get(actor)?.find(({ from }) => from === -1)
    if (waiting !== undefined) waiting.from = at
  }

  sent(actor: ActorRun, command: Document): void {
    const { asked, session } = describe(command)
    this.#lines.push(`${this.#nowUs()} ${actor.name} sends ${JSON.stringify(command)}`)
    const statement: Mutable<TimelineStatement> = {
      actor: actor.name,
      name: statementText(command),
      command: asked,
      session,
      from: actor.isDriven ? this.#steps.length - 1 : -1,
      to: undefined,
      reply: undefined,
      failed: false,
    }
    this.#statements.push(statement)
    this.#commands.push(command)
    const open = this.#open.get(actor)
    if (open === undefined) this.#open.set(actor, [statement])
    else open.push(statement)
  }

  answered(actor: ActorRun, reply: Document): void {
    this.#lines.push(`${this.#nowUs()} ${actor.name} hears ${JSON.stringify(reply)}`)
    const statement = this.#open.get(actor)?.shift()
    if (statement === undefined) return
    statement.to = this.#steps.length - 1
    const failure = reply['ok'] === 0 ? reply : reply['writeErrors']?.[0]
    statement.failed = failure !== undefined
    statement.reply = failure === undefined ? answerOf(reply) : String(failure['errmsg'])
  }
}

function describe(command: Document): { asked: string; session: string | undefined } {
  const asked: Document = {}
  for (const name in command) if (!ENVELOPE.has(name)) asked[name] = command[name]
  const isInTransaction = command['autocommit'] === false
  const session = isInTransaction ? `transaction ${command['txnNumber']}` : undefined
  return { asked: JSON.stringify(asked), session }
}

function answerOf(reply: Document): string {
  const { cursor, value } = reply
  if (cursor !== undefined) return JSON.stringify(cursor.firstBatch ?? cursor.nextBatch)
  if (value !== undefined) return JSON.stringify(value)
  const { ok: _, ...rest } = reply
  return JSON.stringify(rest)
}
