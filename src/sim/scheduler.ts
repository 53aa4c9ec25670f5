import { invariant } from '../invariant.ts'
import type { Clock, ClockHost } from './clock.ts'
import { StalledOperationError, StoppedError } from './errors.ts'
import {
  isOperation,
  type MaybeOperation,
  type Operation,
  type Resumption,
  type Suspension,
} from './operation.ts'
import { FirstComeQueue, type RunQueue } from './run_queue.ts'
import { type Strategy, StrategyQueue } from './strategy.ts'
import { Task, type TaskEnd } from './task.ts'
import type { Trace } from './trace.ts'
import { Wake } from './wake.ts'

/** So many suspensions of one operation without time moving can only be a loop that never ends. */
const STALLED_SUSPENSIONS_MAX = 10_000

const always = () => true

export interface SchedulerOptions {
  readonly clock: Clock
  /** Picks who goes next; see `Strategy`. Left out: first come, first served. */
  readonly strategy?: Strategy | undefined
  /** Records who ran, slept, waited and ended. */
  readonly trace?: Trace | undefined
}

/**
 * Drives operations and owns the run queue, so it knows when nobody can run.
 *
 * - **Free running** (no strategy): an operation starts at once, in the caller's own stack, and one
 *   that never suspends costs no task, no promise and no queue. Yield points are skipped by a flag.
 * - **Under a strategy**: every operation queues, every yield point suspends, and each step is a
 *   choice among all who are ready. A step that settles a promise ends the run: the awaiting code
 *   may admit its next operation, which belongs among the next choices, so a macrotask goes by
 *   first. Actors written as generators settle no promise, and run to the end in one go.
 *
 * At the outer door an operation becomes one promise; there is none inside.
 *
 * Waking somebody (a queue's notify, an interruption) never runs them, so that the code that wakes
 * stays one synchronous step. They run when the operation that woke them suspends or ends. A door
 * that wakes from outside of any operation calls `drain` afterwards.
 */
export class Scheduler implements ClockHost {
  readonly clock: Clock
  /** Whether operations must suspend at yield points: `if (scheduler.exploring) yield ...`. */
  readonly exploring: boolean
  /** Whether a strategy picks who goes next, be it at yield points or between statements. */
  readonly choosing: boolean
  readonly #trace: Trace | undefined
  readonly #ready: RunQueue
  readonly #suspended = new Set<Task>()
  /** Real time moves on between two turns of the event loop, so a zero sleep gives it one. */
  readonly #zeroSleepIsTurn: boolean
  /** Admitted by `run` and not yet done. */
  #foreground = 0
  #lastTaskId = 0
  #running = false
  #turnPending = false
  /**
   * What the clock's `outsideMoves` was at the last turn: all that outside code did before is here.
   */
  #seenOutside = -1
  #stopped = false

  constructor(options: SchedulerOptions) {
    const { clock, strategy, trace } = options
    this.clock = clock
    this.choosing = strategy !== undefined
    this.exploring = strategy !== undefined && strategy.granularity !== 'statement'
    this.#trace = trace
    this.#ready = strategy === undefined ? new FirstComeQueue() : new StrategyQueue(strategy, clock)
    this.#zeroSleepIsTurn = clock.mode === 'real' && !this.choosing
    clock.attach(this)
  }

  /** Operations that somebody awaits and that are not done; background jobs do not count. */
  get inFlight(): number {
    return this.#foreground
  }

  get busy(): boolean {
    return this.#ready.size > 0
  }

  /**
   * Runs an operation: its value at once if it never waited, else a promise of it.
   *
   * @param name for traces, strategies and the description of those who wait
   * @param owner on whose behalf, for strategies
   * @throws or rejects with what the operation throws; `StoppedError` after `stop`
   */
  run<T>(name: string, operation: MaybeOperation<T>, owner?: unknown): T | Promise<T> {
    if (!isOperation(operation)) {
      this.#ended(name)
      return operation
    }
    if (this.#stopped) throw new StoppedError('The simulator was stopped.')
    if (this.choosing || this.#running) return this.#admit(name, operation, undefined, owner)
    let first: IteratorResult<Suspension, T>
    this.#running = true
    this.#foreground++
    try {
      first = operation.next('ok')
    } catch (error) {
      this.#running = false
      this.#foreground--
      this.#ended(name)
      throw error
    }
    this.#running = false
    this.#foreground--
    if (first.done !== true) return this.#admit(name, operation, first.value, owner)
    this.#ended(name)
    return first.value
  }

  /**
   * Starts a background job that nobody awaits, such as a sweep. Under a strategy it takes its
   * first step with the next run.
   *
   * @param onError hears what it throws, and of the stop; must not throw itself
   */
  start(
    name: string,
    operation: Operation<void>,
    onError: (error: unknown) => void,
    owner?: unknown,
  ): void {
    if (this.#stopped) throw new StoppedError('The simulator was stopped.')
    const end = { resolve: () => {}, reject: onError }
    this.#enqueue(this.#newTask(name, operation, { background: true, end, owner }))
    if (!this.choosing) this.drain()
  }

  /**
   * Runs whoever became ready, then tells the clock that nobody is. Under a strategy the run begins
   * one macrotask later, when all who come at this moment are there to choose from.
   */
  drain(): void {
    if (this.#running || this.#stopped) return
    if (this.choosing && this.busy) {
      this.#requestTurn()
      return
    }
    this.runReady()
    this.clock.noteIdle()
  }

  /**
   * Runs to the end without a promise: everybody who is ready, then virtual time to the next
   * driving wake-up, and so on until nothing is left that could move. For actors written as
   * generators.
   */
  runToEnd(): void {
    do this.#runWhile(always)
    while (this.clock.passToNextDriving())
  }

  runReady(): void {
    this.#runWhile(this.choosing ? this.#outsideIsQuiet : always)
    if (this.busy && !this.#running) this.#requestTurn()
  }

  describeSleepers(): string[] {
    return [...this.#suspended].filter((task) => task.waitsForTime).map((task) => task.describe())
  }

  /** Ends everything under way with a `StoppedError` and admits nothing more. */
  stop(): void {
    if (this.#stopped) return
    this.#stopWith((task) => new StoppedError(`The simulator was stopped: ${task.describe()}.`))
  }

  #newTask(
    name: string,
    operation: Operation<unknown>,
    options: { readonly background: boolean; readonly end: TaskEnd; readonly owner: unknown },
  ): Task {
    return new Task(++this.#lastTaskId, name, operation, options)
  }

  /** Makes a task and a promise of an operation that has to wait, or to queue. */
  #admit<T>(
    name: string,
    operation: Operation<T>,
    first: Suspension | undefined,
    owner: unknown,
  ): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const end = {
        resolve: (value: unknown) => {
          this.clock.noteOutside()
          resolve(value as T)
        },
        reject: (error: unknown) => {
          this.clock.noteOutside()
          reject(error)
        },
      }
      const task = this.#newTask(name, operation, { background: false, end, owner })
      this.#foreground++
      this.clock.noteOutside()
      if (first === undefined) this.#enqueue(task)
      else this.#suspend(task, first)
      this.drain()
    })
  }

  /** An operation ended in its caller's own stack: those whom it woke go on. */
  #ended(name: string): void {
    this.#trace?.record(this.clock.elapsedUs(), name, 'end')
    if (this.busy) this.drain()
  }

  #requestTurn(): void {
    if (this.#turnPending) return
    this.#turnPending = true
    this.clock.afterTurn(() => {
      this.#turnPending = false
      if (this.#stopped) return
      this.#seenOutside = this.clock.outsideMoves
      this.runReady()
      if (!this.busy) this.clock.noteIdle()
    })
  }

  #runWhile(goOn: () => boolean): void {
    if (this.#running) return
    this.#running = true
    try {
      for (;;) {
        this.#ready.gather()
        if (this.#ready.size === 0 || !goOn()) break
        const task = this.#take()
        if (task !== undefined) this.#resume(task)
      }
    } finally {
      this.#running = false
    }
  }

  readonly #outsideIsQuiet = (): boolean => this.clock.outsideMoves === this.#seenOutside

  /** A strategy that throws (a replay that does not fit) ends the simulation. */
  #take(): Task | undefined {
    try {
      return this.#ready.take()
    } catch (error) {
      this.#stopWith(() => error)
      return undefined
    }
  }

  #enqueue(task: Task): void {
    invariant(task.state !== 'done', 'a task that is done never runs again')
    task.state = 'ready'
    this.#ready.push(task)
  }

  #resume(task: Task): void {
    invariant(task.state === 'ready', 'only a ready task runs')
    const stalled = this.#stalled(task)
    const { operation, resumption } = task
    task.state = 'running'
    task.suspension = undefined
    this.#trace?.resumed(this.clock.elapsedUs(), task.name, resumption)
    let step: IteratorResult<Suspension, unknown>
    try {
      step = stalled === undefined ? operation.next(resumption) : operation.throw(stalled)
    } catch (error) {
      this.#finish(task)
      task.end.reject(error)
      return
    }
    if (step.done === true) {
      this.#finish(task)
      task.end.resolve(step.value)
    } else {
      this.#suspend(task, step.value)
    }
  }

  #finish(task: Task): void {
    invariant(task.state !== 'done', 'a task ends once')
    task.state = 'done'
    if (!task.background) this.#foreground--
    this.#trace?.record(this.clock.elapsedUs(), task.name, 'end')
  }

  #suspend(task: Task, suspension: Suspension): void {
    if (this.#stopped) {
      this.#finish(task)
      task.end.reject(new StoppedError(`${task.name} stopped the simulator under way.`))
      return
    }
    task.suspension = suspension
    task.resumption = 'ok'
    this.#trace?.suspended(this.clock.elapsedUs(), task.name, suspension)
    if (suspension.kind === 'yieldPoint') {
      this.#enqueue(task)
      return
    }
    const interruption = suspension.interruptor?.pending
    if (interruption !== undefined) task.resumption = interruption
    const zero = suspension.kind === 'sleep' && suspension.durationUs <= 0
    if (interruption !== undefined || (zero && !this.#zeroSleepIsTurn)) {
      this.#enqueue(task)
      return
    }
    task.state = 'suspended'
    this.#suspended.add(task)
    new Wake(task, suspension, this.clock, this.#wakened)
  }

  readonly #wakened = (task: Task, resumption: Resumption): void => {
    // A stopped simulator has let go of those who slept; their queues and timers may still ring.
    if (!this.#suspended.delete(task)) return
    task.resumption = resumption
    this.#enqueue(task)
  }

  #stalled(task: Task): StalledOperationError | undefined {
    if (!task.goesOnTooOften(this.clock.nowUs(), STALLED_SUSPENSIONS_MAX)) return undefined
    return new StalledOperationError(
      `${task.describe()}, and has suspended ${STALLED_SUSPENSIONS_MAX} times without time moving.`,
    )
  }

  #stopWith(errorFor: (task: Task) => unknown): void {
    this.#stopped = true
    const tasks = [...this.#ready.clear(), ...this.#suspended]
    this.#suspended.clear()
    for (const task of tasks) {
      const error = errorFor(task)
      this.#finish(task)
      task.end.reject(error)
    }
    this.clock.stop()
  }
}
