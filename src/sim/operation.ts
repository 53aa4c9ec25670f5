import type { Interruption, Interruptor } from './interruptor.ts'
import type { WakeKind } from './timers.ts'
import type { WaitQueue } from './wait_queue.ts'

/**
 * An operation is a generator that yields the reason it waits.
 *
 * Between two suspensions it is plain synchronous code: a conflict check and the write that follows
 * it are one step, so there are no locks and no races inside. What a suspension *means* is decided
 * by whoever drives the operation: on the real clock, on a virtual clock, or under a strategy that
 * picks who goes next. The same engine code serves all three.
 *
 *     function* waitAMoment(): Operation<string> {
 *       const how = yield sleep(5_000, 'backoff')     // microseconds
 *       return how === 'ok' ? 'slept' : 'interrupted'
 *     }
 *
 * Composition is `yield*`. Keep it shallow: each level costs some tens of nanoseconds a resumption.
 */
export type Operation<T> = Generator<Suspension, T, Resumption>

/**
 * Either the answer, or an operation that will give it: code that cannot wait needs no generator.
 */
export type MaybeOperation<T> = T | Operation<T>

export type Suspension = YieldPoint | Sleep | Wait

/** How a suspension ended. */
export type Resumption = 'ok' | 'timeout' | Interruption

/** The places where another operation may run. Outside exploration they cost one flag test. */
export type YieldPointName =
  | 'beforeOperation'
  | 'afterRead'
  | 'beforeWrite'
  | 'beforeCommit'
  | 'afterStatement'

export interface YieldPoint {
  readonly kind: 'yieldPoint'
  readonly name: YieldPointName
}

export interface Sleep {
  readonly kind: 'sleep'
  readonly durationUs: number
  readonly why: string
  readonly wake: WakeKind
  /**
   * Where an interruption of this sleep would arrive; without it the sleep can't be interrupted.
   */
  readonly interruptor: Interruptor | undefined
  /** For whoever looks at a stuck simulator: on whom this waits, and on what. */
  readonly describe: (() => string) | undefined
}

export interface Wait {
  readonly kind: 'wait'
  readonly queue: WaitQueue
  readonly why: string
  /** Without it the wait is unbounded, and passive whatever `wake` says. */
  readonly timeoutUs: number | undefined
  readonly wake: WakeKind
  readonly interruptor: Interruptor | undefined
  readonly describe: (() => string) | undefined
}

export interface SuspensionOptions {
  readonly wake?: WakeKind
  readonly interruptor?: Interruptor | undefined
  readonly describe?: (() => string) | undefined
}

/** Suspends for a time. A duration of zero lets everyone else who is ready run first. */
export function sleep(durationUs: number, why: string, options: SuspensionOptions = {}): Sleep {
  const { wake = 'driving', interruptor, describe } = options
  return { kind: 'sleep', durationUs, why, wake, interruptor, describe }
}

/** Suspends until the queue is notified, or the time is up. */
export function wait(
  queue: WaitQueue,
  why: string,
  options: SuspensionOptions & { readonly timeoutUs?: number } = {},
): Wait {
  const { wake = 'driving', timeoutUs, interruptor, describe } = options
  return { kind: 'wait', queue, why, timeoutUs, wake, interruptor, describe }
}

const point = (name: YieldPointName): YieldPoint => ({ kind: 'yieldPoint', name })

/** The yield points as shared constants: suspending at one allocates nothing. */
export const yieldPoints: Readonly<Record<YieldPointName, YieldPoint>> = {
  beforeOperation: point('beforeOperation'),
  afterRead: point('afterRead'),
  beforeWrite: point('beforeWrite'),
  beforeCommit: point('beforeCommit'),
  afterStatement: point('afterStatement'),
}

/**
 * Goes on with an answer: at once where it is there, else once the operation has given it. What
 * `finish` needs beside it comes along as `context`, so that no closure is made for it.
 */
export function whenDone<A, B, Context>(
  answer: MaybeOperation<A>,
  finish: (answer: A, context: Context) => B,
  context: Context,
): MaybeOperation<B> {
  return isOperation(answer) ? finishLater(answer, finish, context) : finish(answer, context)
}

function* finishLater<A, B, Context>(
  operation: Operation<A>,
  finish: (answer: A, context: Context) => B,
  context: Context,
): Operation<B> {
  return finish(yield* operation, context)
}

/**
 * Tells an operation from a plain value. Every statement and reply is asked, and most have no
 * `next`: a property that is missing is found missing sooner than a symbol.
 */
export function isOperation<T>(value: MaybeOperation<T>): value is Operation<T> {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as { next?: unknown }).next === 'function' &&
    Symbol.iterator in value
  )
}
