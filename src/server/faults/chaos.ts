import { Random } from '../../sim/index.ts'
import type { RegisteredCommand } from '../registered_command.ts'
import {
  CHAOS_KINDS,
  type ChaosKind,
  type ChaosOptions,
  type DelayOptions,
  type FailOptions,
  type StepDownOptions,
} from './fault_options.ts'

/** How often one kind comes in comparison with the others. */
const WEIGHTS: Readonly<Record<ChaosKind, number>> = {
  loseRequest: 3,
  loseReply: 3,
  fail: 3,
  conflict: 3,
  delay: 3,
  stepDown: 1,
}

/**
 * Errors that a replica set gives in bad hours, and that drivers retry: NotWritablePrimary,
 * PrimarySteppedDown, ShutdownInProgress, InterruptedAtShutdown, InterruptedDueToReplStateChange.
 * Source: RetriableError, error_codes.yml (8.0).
 */
export const CHAOS_CODES = [10107, 189, 91, 11600, 11602] as const

/** Source: specifications, retryable-reads. */
const RETRYABLE_READS: ReadonlySet<string> = new Set([
  ...['aggregate', 'count', 'distinct', 'find'],
  ...['listCollections', 'listDatabases', 'listIndexes'],
])

/**
 * What chaos is about where it names no command: what drivers send once more. A `getMore` that is
 * lost, say, is an error to every application, and says nothing of how it copes.
 */
export function isForChaos({
  name,
  isRetryableWrite,
  endsTransaction,
}: RegisteredCommand): boolean {
  return isRetryableWrite || endsTransaction || RETRYABLE_READS.has(name)
}

/** The chance of one chaos: the same seed and the same commands meet the same faults. */
export class Chaos {
  readonly #random: Random
  readonly #probability: number
  /** What it may do. */
  readonly kinds: readonly ChaosKind[]
  readonly #delayMsMax: number
  readonly #stepDownMsMax: number

  /** @param seed where the options name none */
  constructor(options: ChaosOptions, seed: number) {
    this.#random = new Random(options.seed ?? seed)
    this.#probability = options.probability
    this.kinds = options.kinds ?? CHAOS_KINDS
    this.#delayMsMax = options.delayMsMax ?? 100
    this.#stepDownMsMax = options.stepDownMsMax ?? 2_000
  }

  /** Goes on with the chance that the other one had. */
  become(random: Random): void {
    this.#random.become(random)
  }

  /** Where its chance is. */
  get random(): Random {
    return this.#random.clone()
  }

  /** Whether this command meets anything. */
  draws(): boolean {
    return this.#random.next() < this.#probability
  }

  /** What it meets, of what may happen to it. */
  drawKind(isPossible: (kind: ChaosKind) => boolean): ChaosKind | undefined {
    const kinds = this.kinds.filter(isPossible)
    let rest = this.#random.next() * kinds.reduce((sum, kind) => sum + WEIGHTS[kind], 0)
    return kinds.find((kind) => {
      rest -= WEIGHTS[kind]
      return rest < 0
    })
  }

  /** The options of a fault of this kind. */
  drawOptions(kind: ChaosKind): object {
    switch (kind) {
      case 'fail':
        return { code: CHAOS_CODES[this.#random.below(CHAOS_CODES.length)]! } satisfies FailOptions
      case 'delay':
        return { ms: this.#upTo(this.#delayMsMax) } satisfies DelayOptions
      case 'stepDown':
        return { forMs: this.#upTo(this.#stepDownMsMax) } satisfies StepDownOptions
      default:
        return {}
    }
  }

  /** Whole milliseconds from 1 on. */
  #upTo(max: number): number {
    return Math.max(1, Math.ceil(this.#random.next() * max))
  }
}
