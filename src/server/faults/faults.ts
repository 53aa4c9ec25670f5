import type { Document } from '../../bson/index.ts'
import type { Services } from '../../engine/index.ts'
import type { MaybeOperation } from '../../sim/index.ts'
import type { RegisteredCommand } from '../registered_command.ts'
import { ArmedFault, type FaultHandle, type Target } from './armed_fault.ts'
import { Chaos } from './chaos.ts'
import {
  type ChaosOptions,
  type ConflictOptions,
  checkFaultOptions,
  type DelayOptions,
  type FailOptions,
  type FaultScope,
  type StepDownOptions,
} from './fault_options.ts'
import type { FaultCounts, Mishaps } from './mishaps.ts'
import type { FaultKind, Strike } from './strike.ts'
import { type StrikingParts, startChosen, strikeAt } from './striking.ts'

export interface FaultsParts {
  readonly services: Services
  readonly mishaps: Mishaps
  readonly isReplicaSet: boolean
  readonly findCommand: (name: string) => RegisteredCommand | undefined
}

/**
 * Faults on purpose: what goes wrong between a client and a server, in the words of who tests that.
 * (`configureFailPoint` is the server's own way, and shows nothing of these.)
 *
 * A fault is armed until it has struck so often as it says, or is cleared. It strikes commands as
 * they come in, from clients in process and over the wire alike; several may strike the same one.
 * Each strike is in the trace, as `fault`, and counted in `sim.stats().faults`.
 *
 * Chance plays a part in chaos alone, and has a seed. Under a strategy that picks who goes next,
 * chaos draws no lots: whether it strikes a command is the strategy's choice, and so is the moment
 * of a step-down.
 */
export class Faults {
  /** Whether any fault waits for commands. Every command asks, so it is a field. */
  isArmed = false
  readonly #parts: FaultsParts
  readonly #striking: StrikingParts
  readonly #chaos = new Map<ArmedFault, Chaos>()
  /** Conflicts that a chaos has brought about and that no write has met yet. */
  readonly #conflictsOf = new Map<ArmedFault, Set<FaultHandle>>()
  /** All that were not cleared and may still strike, or whose strike lasts. */
  readonly #lasting = new Set<FaultHandle>()
  /** Those that wait for commands. */
  #armed: readonly ArmedFault[] = []

  constructor(parts: FaultsParts) {
    this.#parts = parts
    this.#striking = {
      scheduler: parts.services.scheduler,
      mishaps: parts.mishaps,
      chaosOf: (fault) => this.#chaos.get(fault),
      conflictAt: (target, chaos) => this.#conflictAt(target, chaos),
    }
  }

  /** How often each kind struck since the simulator was made. */
  get counts(): FaultCounts {
    return this.#parts.mishaps.counts
  }

  /** The command never reaches the server; its client sees the connection break. */
  loseRequest(options: FaultScope = {}): FaultHandle {
    return this.#arm('loseRequest', options)
  }

  /** The command runs to its end; its client sees the connection break, and no reply. */
  loseReply(options: FaultScope = {}): FaultHandle {
    return this.#arm('loseReply', options)
  }

  /**
   * As `loseReply`, in the middle of it: over the wire the first half of the reply comes, and then
   * a TCP reset.
   */
  reset(options: FaultScope = {}): FaultHandle {
    return this.#arm('reset', options)
  }

  /** The server refuses the command with this error, and does nothing else with it. */
  fail(options: FailOptions): FaultHandle {
    return this.#arm('fail', options)
  }

  /** The command takes this long to come in. */
  delay(options: DelayOptions): FaultHandle {
    return this.#arm('delay', options, Number.POSITIVE_INFINITY)
  }

  /**
   * The next writes of documents meet WT_ROLLBACK: a plain write backs off and tries again, a
   * transaction fails with WriteConflict.
   */
  conflict(options: ConflictOptions = {}): FaultHandle {
    checkFaultOptions('conflict', options)
    return this.#conflict(options, () => {})
  }

  /**
   * The primary steps down: open transactions are aborted, waiting writes are interrupted, and
   * until the next election, so many milliseconds later, there is no primary. With a `command` it
   * happens when such a command comes, before it runs; else now.
   *
   * @throws TypeError on a server by itself; Error where there is no primary now
   */
  stepDown(options: StepDownOptions): FaultHandle {
    checkFaultOptions('stepDown', options)
    const { services, mishaps, isReplicaSet } = this.#parts
    if (!isReplicaSet) {
      throw new TypeError('faults.stepDown: a server by itself is no primary of anything')
    }
    const { command, collection, database, skip } = options
    const isLater = [command, collection, database, skip].some((one) => one !== undefined)
    if (isLater) return this.#arm('stepDown', options)
    if (!mishaps.hasPrimary) {
      throw new Error('faults.stepDown: there is no primary that could step down')
    }
    const fault = this.#lastingFault('stepDown', {}, 1, undefined)
    const happens = (): void => {
      if (mishaps.hasPrimary && fault.strikes()) mishaps.stepDown(options.forMs)
    }
    if (services.scheduler.choosing) startChosen(services.scheduler, 'fault stepDown', happens)
    else {
      happens()
      services.scheduler.drain()
    }
    return fault
  }

  /**
   * Any command may meet what a program has to live with: lost requests and replies, errors that
   * drivers retry, conflicts, delays, elections.
   */
  chaos(options: ChaosOptions): FaultHandle {
    checkFaultOptions('chaos', options)
    const seed = options.seed ?? this.#parts.services.random.uint32()
    const fault = this.#arm('chaos', options, Number.POSITIVE_INFINITY)
    this.#chaos.set(fault, new Chaos(options, seed))
    return fault
  }

  /** Nothing goes wrong on purpose any more, and there is a primary again. */
  clear(): void {
    for (const fault of [...this.#lasting]) fault.clear()
    this.#parts.mishaps.elect()
  }

  /** What this command meets, if anything; to be asked while `isArmed`. */
  strikeAt(command: Document): MaybeOperation<Strike | undefined> {
    for (const name in command) {
      const descriptor = this.#parts.findCommand(name)
      if (descriptor === undefined) break
      return strikeAt(this.#striking, this.#armed, command, descriptor)
    }
    return undefined
  }

  #arm<Options extends FaultScope>(
    kind: FaultKind | 'chaos',
    options: Options,
    times = 1,
  ): ArmedFault {
    checkFaultOptions(kind, options)
    const names = this.#namesOf(kind, options.command)
    const fault = this.#lastingFault(kind, { ...options }, times, names)
    this.#armed = [...this.#armed, fault]
    this.isArmed = true
    return fault
  }

  #lastingFault(
    kind: FaultKind | 'chaos',
    options: FaultScope,
    times: number,
    names: ReadonlySet<string> | undefined,
  ): ArmedFault {
    const onDone = (done: ArmedFault, cause: 'struck' | 'cleared'): void => {
      this.#armed = this.#armed.filter((one) => one !== done)
      this.isArmed = this.#armed.length > 0
      this.#lasting.delete(done)
      this.#chaos.delete(done)
      if (cause === 'struck') return
      if (kind === 'stepDown' && done.fired > 0) this.#parts.mishaps.elect()
      for (const conflict of this.#conflictsOf.get(done) ?? []) conflict.clear()
    }
    const fault = new ArmedFault({ kind, options, names, times, onDone })
    this.#lasting.add(fault)
    return fault
  }

  #conflict(options: ConflictOptions, onDone: (fault: ArmedFault) => void): ArmedFault {
    const { mishaps } = this.#parts
    const fault = new ArmedFault({
      kind: 'conflict',
      options: { ...options },
      times: 1,
      onDone: (done) => {
        mishaps.endConflicts(done)
        this.#lasting.delete(done)
        onDone(done)
      },
    })
    this.#lasting.add(fault)
    mishaps.forceConflicts(fault)
    return fault
  }

  #conflictAt({ collection, database }: Target, chaos: ArmedFault): void {
    const pending = this.#conflictsOf.get(chaos) ?? new Set()
    this.#conflictsOf.set(chaos, pending)
    const where = collection === undefined ? {} : { collection, database }
    pending.add(this.#conflict(where, (done) => pending.delete(done)))
  }

  /** @throws TypeError for what is no command */
  #namesOf(kind: string, given: FaultScope['command']): ReadonlySet<string> | undefined {
    if (given === undefined) return undefined
    const names = (typeof given === 'string' ? [given] : given).map((name) => {
      const known = this.#parts.findCommand(name)
      if (known !== undefined) return known.name
      throw new TypeError(`faults.${kind}: there is no command '${name}'`)
    })
    return new Set(names)
  }
}
