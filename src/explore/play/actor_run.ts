import type { Document } from '../../bson/index.ts'

/** One actor, and how far it is in the schedule under way. The scheduler knows its tasks by it. */
export class ActorRun {
  readonly index: number
  readonly name: string
  /** Whether it is a generator, which drives operations itself. */
  readonly isDriven: boolean
  /** Of a generator: whether it has come to what it first waits for. */
  hasBegun = false
  steps = 0
  isDone = false
  /** What it threw, if it did. */
  failure: { readonly error: unknown } | undefined = undefined
  /** What it asked the server last, for whoever looks at a stuck one. */
  lastStatement: Document | undefined = undefined

  constructor(index: number, name: string, isDriven: boolean) {
    this.index = index
    this.name = name
    this.isDriven = isDriven
  }

  /** A schedule begins. */
  reset(): void {
    this.hasBegun = false
    this.steps = 0
    this.isDone = false
    this.failure = undefined
    this.lastStatement = undefined
  }

  fail(error: unknown): void {
    this.failure = { error }
    this.isDone = true
  }
}
