import { invariant } from '../invariant.ts'
import type { Clock, ClockHost } from './clock.ts'
import type { MaybeOperation, Operation, Resumption, Sleep, Suspension, Wait } from './operation.ts'
import { isOperation } from './operation.ts'
import type { Choice, Strategy } from './strategy.ts'
import { Task } from './task.ts'
import type { Timer } from './timers.ts'

/** So many suspensions of one operation without time moving can only be a loop that never ends. */
const STALLED_SUSPENSIONS_MAX = 10_000

/** An operation suspends again and again and time does not move. */
export class StalledOperationError extends Error {
  override readonly name = 'StalledOperationError'
}

/** The simulator was stopped while the operation was under way. */
export class StoppedError extends Error {
  override readonly name = 'StoppedError'
}

export interface SchedulerOptions {
  readonly clock: Clock
  /** Picks who goes next; see `Strategy`. Left out: first come, first served. */
  readonly strategy?: Strategy
}

/**
 * Drives operations and owns the run queue, so it knows when nobody can run.
 *
 * - **Free running** (no strategy): an operation starts at once, in the caller's own stack, and one
 *   that never suspends costs no task, no promise and no queue. Yield points are skipped by a flag.
 * - **Under a strategy**: every operation queues, every yield point suspends, and each step of
 *   `runReady` asks the strategy who goes next.
 *
 * At the outer door an operation becomes one promise; there is none inside.
 */
export class Scheduler implements ClockHost {
  readonly clock: Clock
  readonly #strategy: Strategy | undefined
  /** Whether operations must suspend at yield points: `if (scheduler.exploring) yield ...`. */
  readonly exploring: boolean
  #ready: Task[] = []
  readonly #suspended = new Set<Task>()
  #lastTaskId = 0
  #running = false
  #stopped = false

  constructor(options: SchedulerOptions) {
    this.clock = options.clock
    this.#strategy = options.strategy
    this.exploring = options.strategy !== undefined
    this.clock.attach(this)
  }

  /** Operations admitted and not yet done. */
  get inFlight(): number {
    return this.#ready.length + this.#suspended.size + (this.#running ? 1 : 0)
  }

  /**
   * Runs an operation: its value at once if it never waited, else a promise of it. Throws, or
   * rejects, with what the operation throws.
   *
   * @param name for traces, strategies and the description of those who wait
   */
  run<T>(name: string, operation: MaybeOperation<T>): T | Promise<T> {
    if (!isOperation(operation)) {
      if (this.#ready.length > 0) this.drain()
      return operation
    }
    if (this.#stopped) throw new StoppedError('The simulator was stopped.')
    if (this.exploring || this.#running) return this.#admit(name, operation, undefined)
    this.#running = true
    let first: IteratorResult<Suspension, T>
    try {
      first = operation.next('ok')
    } finally {
      this.#running = false
    }
    if (first.done !== true) return this.#admit(name, operation, first.value)
    if (this.#ready.length > 0) this.drain()
    return first.value
  }

  /** Starts an operation that nobody awaits, such as a sweep. Its errors go to `onError`. */
  start(name: string, operation: Operation<void>, onError: (error: unknown) => void): void {
    this.#enqueue(new Task(++this.#lastTaskId, name, operation, () => {}, onError))
    this.drain()
  }

  /**
   * Runs whoever became ready, then tells the clock. Called by the doors of the simulator after
   * anything that may have woken somebody; waking itself never runs anybody, so that the code that
   * wakes stays one synchronous step.
   */
  drain(): void {
    if (this.#running) return
    if (!this.exploring) this.runReady()
    this.clock.noteIdle()
  }

  /**
   * Runs to the end without a promise: everybody who is ready, then virtual time to the next driving
   * wake-up, and so on until nothing is left that could move. For actors written as generators.
   */
  runToEnd(): void {
    do this.runReady()
    while (this.clock.passToNextDriving())
  }

  /** Runs everything that is ready until nobody is. */
  runReady(): void {
    if (this.#running) return
    this.#running = true
    try {
      for (;;) {
        const task = this.#takeNext()
        if (task === undefined) break
        this.#resume(task)
      }
    } finally {
      this.#running = false
    }
  }

  describeSuspended(): string[] {
    return [...this.#suspended]
      .filter((task) => task.suspension?.kind !== 'yieldPoint' && isDriving(task.suspension))
      .map((task) => task.describe())
  }

  /** Ends everything under way with a `StoppedError` and admits nothing more. */
  stop(): void {
    this.#stopped = true
    const tasks = [...this.#ready, ...this.#suspended]
    this.#ready = []
    this.#suspended.clear()
    for (const task of tasks) {
      task.state = 'done'
      task.reject(new StoppedError(`The simulator was stopped while ${task.describe()}.`))
    }
    this.clock.stop()
  }

  #admit<T>(name: string, operation: Operation<T>, first: Suspension | undefined): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const settle = (value: unknown) => {
        this.clock.noteOutside()
        resolve(value as T)
      }
      const fail = (error: unknown) => {
        this.clock.noteOutside()
        reject(error)
      }
      const task = new Task(++this.#lastTaskId, name, operation, settle, fail)
      this.clock.noteOutside()
      if (first === undefined) this.#enqueue(task)
      else this.#suspend(task, first)
      this.drain()
    })
  }

  #enqueue(task: Task): void {
    invariant(task.state !== 'done', 'a task that is done never runs again')
    task.state = 'ready'
    this.#ready.push(task)
  }

  #takeNext(): Task | undefined {
    const strategy = this.#strategy
    if (strategy === undefined) return this.#ready.shift()
    while (this.#ready.length > 0) {
      const choices: Choice[] = [...this.#ready]
        .sort((a, b) => a.id - b.id)
        .map((task) => ({ kind: 'task', task }))
      const atUs = strategy.offersTime ? this.clock.nextDrivingUs() : undefined
      if (atUs !== undefined) choices.push({ kind: 'time', atUs })
      const picked = choices[strategy.choose(choices)]
      invariant(picked !== undefined, 'a strategy picks one of the choices that it was given')
      if (picked.kind === 'time') {
        this.clock.passToNextDriving()
        continue
      }
      this.#ready.splice(this.#ready.indexOf(picked.task), 1)
      return picked.task
    }
    return undefined
  }

  #resume(task: Task): void {
    task.state = 'running'
    task.suspension = undefined
    let step: IteratorResult<Suspension, unknown>
    try {
      this.#guardProgress(task)
      step = task.operation.next(task.resumption)
    } catch (error) {
      task.state = 'done'
      task.reject(error)
      return
    }
    if (step.done === true) {
      task.state = 'done'
      task.resolve(step.value)
    } else {
      this.#suspend(task, step.value)
    }
  }

  #suspend(task: Task, suspension: Suspension): void {
    task.suspension = suspension
    task.resumption = 'ok'
    if (suspension.kind === 'yieldPoint' || (suspension.kind === 'sleep' && isZero(suspension))) {
      return this.#enqueue(task)
    }
    task.state = 'suspended'
    this.#suspended.add(task)
    new Wake(this, task, suspension)
  }

  /** A suspended task goes on: called by its `Wake`, once. */
  wake(task: Task, resumption: Resumption): void {
    if (!this.#suspended.delete(task)) return
    task.resumption = resumption
    this.#enqueue(task)
    // Woken by somebody who runs: their `runReady` goes on to it. Else the clock's turn does.
  }

  #guardProgress(task: Task): void {
    const nowUs = this.clock.nowUs()
    if (task.lastSuspendedUs !== nowUs) {
      task.lastSuspendedUs = nowUs
      task.stalledSuspensions = 0
      return
    }
    if (++task.stalledSuspensions < STALLED_SUSPENSIONS_MAX) return
    task.stalledSuspensions = 0
    const error = new StalledOperationError(
      `${task.name} suspended ${STALLED_SUSPENSIONS_MAX} times without time moving.`,
    )
    task.operation.throw(error)
    throw error
  }
}

function isZero(sleep: Sleep): boolean {
  return sleep.durationUs <= 0
}

function isDriving(suspension: Suspension | undefined): boolean {
  return (
    suspension !== undefined && suspension.kind !== 'yieldPoint' && suspension.wake === 'driving'
  )
}

/** What can end one suspension: a timer, a queue, an interruption; whichever comes first. */
class Wake {
  readonly #scheduler: Scheduler
  readonly #task: Task
  readonly #suspension: Sleep | Wait
  readonly #timer: Timer | undefined
  readonly #notified: (() => void) | undefined

  constructor(scheduler: Scheduler, task: Task, suspension: Sleep | Wait) {
    this.#scheduler = scheduler
    this.#task = task
    this.#suspension = suspension
    const { interruptor } = suspension
    const durationUs = suspension.kind === 'sleep' ? suspension.durationUs : suspension.timeoutUs
    if (durationUs !== undefined) {
      const ended: Resumption = suspension.kind === 'sleep' ? 'ok' : 'timeout'
      this.#timer = scheduler.clock.schedule(durationUs, suspension.wake, () => this.#end(ended))
    }
    if (suspension.kind === 'wait') {
      this.#notified = () => this.#end('ok')
      suspension.queue.add(this.#notified)
    }
    if (interruptor !== undefined) {
      const interrupted = () => this.#end(interruptor.pending ?? 'ok')
      interruptor.arm(interrupted)
      if (interruptor.pending !== undefined) interrupted()
    }
  }

  #end(resumption: Resumption): void {
    this.#timer?.cancel()
    const suspension = this.#suspension
    if (suspension.kind === 'wait' && this.#notified !== undefined) {
      suspension.queue.remove(this.#notified)
    }
    suspension.interruptor?.arm(undefined)
    this.#scheduler.wake(this.#task, resumption)
  }
}
