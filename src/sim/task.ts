import type { Operation, Resumption, Suspension } from './operation.ts'

export type TaskState = 'ready' | 'running' | 'suspended' | 'done'

/** Who hears how a task ended. */
export interface TaskEnd {
  resolve(value: unknown): void
  reject(error: unknown): void
}

/** One operation under way, as the scheduler keeps it. */
export class Task {
  /** By age, from 1. */
  readonly id: number
  readonly name: string
  readonly operation: Operation<unknown>
  /** A job of the simulator's own, such as a sweep, which never ends and nobody awaits. */
  readonly background: boolean
  readonly end: TaskEnd
  /** On whose behalf: what the door was told that admitted it, for strategies. */
  readonly owner: unknown
  /** This task as one of the choices of a strategy. */
  readonly choice: { readonly kind: 'task'; readonly task: Task } = { kind: 'task', task: this }
  state: TaskState = 'ready'
  /**
   * What it waits for while `suspended`, or the yield point or zero sleep it is `ready` to leave.
   */
  suspension: Suspension | undefined = undefined
  /** How its suspension ended. */
  resumption: Resumption = 'ok'
  #resumptions = 0
  #lastResumedUs = -1

  constructor(
    id: number,
    name: string,
    operation: Operation<unknown>,
    options: { readonly background: boolean; readonly end: TaskEnd; readonly owner?: unknown },
  ) {
    this.id = id
    this.name = name
    this.operation = operation
    this.background = options.background
    this.end = options.end
    this.owner = options.owner
  }

  /**
   * Counts that it goes on. True when it does so for more than the `limit`th time at this moment;
   * the count then begins anew, so that it may clean up.
   */
  goesOnTooOften(nowUs: number, limit: number): boolean {
    if (nowUs !== this.#lastResumedUs) {
      this.#lastResumedUs = nowUs
      this.#resumptions = 0
    }
    if (++this.#resumptions <= limit) return false
    this.#resumptions = 0
    return true
  }

  /** Whether time passing would end its wait. */
  get waitsForTime(): boolean {
    const suspension = this.suspension
    if (this.state !== 'suspended' || suspension === undefined) return false
    if (suspension.kind === 'yieldPoint') return false
    const bounded = suspension.kind === 'sleep' || suspension.timeoutUs !== undefined
    return bounded && suspension.wake === 'driving'
  }

  /** One sentence for people. */
  describe(): string {
    const suspension = this.suspension
    if (suspension === undefined) return `${this.name} is ${this.state}`
    if (suspension.kind === 'yieldPoint') return `${this.name} stands at ${suspension.name}`
    const on = suspension.describe === undefined ? '' : `: ${suspension.describe()}`
    const what = suspension.kind === 'sleep' ? 'sleeps' : 'waits'
    return `${this.name} ${what} (${suspension.why})${on}`
  }
}
