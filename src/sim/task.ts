import type { Interruption, Operation, Resumption, Suspension } from './operation.ts'

export type TaskState = 'ready' | 'running' | 'suspended' | 'done'

/** One operation under way, as the scheduler keeps it. */
export class Task {
  readonly id: number
  readonly name: string
  readonly operation: Operation<unknown>
  state: TaskState = 'ready'
  /** What it waits for while `suspended`, or the yield point it stands at while `ready`. */
  suspension: Suspension | undefined = undefined
  resumption: Resumption = 'ok'
  /** Suspensions since virtual time last moved; see `Scheduler`. */
  stalledSuspensions = 0
  lastSuspendedUs = -1
  readonly resolve: (value: unknown) => void
  readonly reject: (error: unknown) => void

  constructor(
    id: number,
    name: string,
    operation: Operation<unknown>,
    resolve: (value: unknown) => void,
    reject: (error: unknown) => void,
  ) {
    this.id = id
    this.name = name
    this.operation = operation
    this.resolve = resolve
    this.reject = reject
  }

  describe(): string {
    const suspension = this.suspension
    if (suspension === undefined) return `${this.name} is ${this.state}`
    if (suspension.kind === 'yieldPoint') return `${this.name} stands at ${suspension.name}`
    const on = suspension.describe === undefined ? '' : `: ${suspension.describe()}`
    const what = suspension.kind === 'sleep' ? 'sleeps' : 'waits'
    return `${this.name} ${what} (${suspension.why})${on}`
  }
}

export type { Interruption }
