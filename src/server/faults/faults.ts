import type { Document } from '../../bson/index.ts'
import type { Services } from '../../engine/index.ts'
import type { MaybeOperation, Random } from '../../sim/index.ts'
import type { RegisteredCommand } from '../registered_command.ts'
import { ArmedFault, type FaultHandle, type FaultProgress, type Target } from './armed_fault.ts'
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

/** Of a fault that waits for its turn, and for no command. */
const NO_COMMANDS: ReadonlySet<string> = new Set()

/** A moment of faults; see `Faults.save`. */
export interface FaultsSave {
  readonly faults: readonly {
    readonly fault: ArmedFault
    readonly progress: FaultProgress
    /** Of chaos. */
    readonly chance: Random | undefined
    readonly cause: ArmedFault | undefined
  }[]
  readonly hasPrimary: boolean
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
  readonly #chaos = new WeakMap<ArmedFault, Chaos>()
  /** Of a conflict that no write has met yet: the chaos that brought it about. */
  readonly #causes = new Map<ArmedFault, ArmedFault>()
  /** All that may still strike. */
  readonly #lasting = new Set<ArmedFault>()
  /** Those of them that wait for commands. */
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
    return this.#last(this.#conflict(options))
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
    const fault = this.#last(this.#make('stepDown', {}, 1, NO_COMMANDS))
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

  /** All that may still strike, and how far each has come. */
  save(): FaultsSave {
    const faults = [...this.#lasting].map((fault) => ({
      fault,
      progress: fault.progress,
      chance: this.#chaos.get(fault)?.random,
      cause: this.#causes.get(fault),
    }))
    return { faults, hasPrimary: this.#parts.mishaps.hasPrimary }
  }

  /** Back to a save of these faults: what came later is gone, and what struck may strike again. */
  restore({ faults, hasPrimary }: FaultsSave): void {
    for (const fault of [...this.#lasting]) {
      fault.become({ ...fault.progress, left: 0 })
      this.#leave(fault)
    }
    for (const { fault, progress, chance, cause } of faults) {
      fault.become(progress)
      this.#last(fault)
      if (cause !== undefined) this.#causes.set(fault, cause)
      if (chance !== undefined) this.#chaos.get(fault)!.become(chance)
    }
    if (hasPrimary) this.#parts.mishaps.elect()
  }

  /** Arms the faults of another simulator, from where they are. */
  continueFrom({ faults }: FaultsSave): void {
    for (const { fault, progress, chance } of faults) {
      const { kind, options, names, left } = fault
      const copy =
        kind === 'conflict' ? this.#conflict(options) : this.#make(kind, options, left, names)
      if (chance !== undefined) {
        const chaos = new Chaos(options as ChaosOptions, chance.seed)
        chaos.become(chance)
        this.#chaos.set(copy, chaos)
      }
      copy.become(progress)
      this.#last(copy)
    }
  }

  #arm<Options extends FaultScope>(
    kind: FaultKind | 'chaos',
    options: Options,
    times = 1,
  ): ArmedFault {
    checkFaultOptions(kind, options)
    const names = this.#namesOf(kind, options.command)
    return this.#last(this.#make(kind, { ...options }, times, names))
  }

  #make(
    kind: FaultKind | 'chaos',
    options: FaultScope,
    times: number,
    names: ReadonlySet<string> | undefined,
  ): ArmedFault {
    const onDone = (done: ArmedFault, cause: 'struck' | 'cleared'): void => {
      this.#leave(done)
      if (cause === 'struck') return
      if (kind === 'stepDown' && done.fired > 0) this.#parts.mishaps.elect()
      for (const [conflict, chaos] of [...this.#causes]) if (chaos === done) conflict.clear()
    }
    return new ArmedFault({ kind, options, names, times, onDone })
  }

  #conflict(options: FaultScope): ArmedFault {
    const onDone = (done: ArmedFault): void => this.#leave(done)
    return new ArmedFault({ kind: 'conflict', options: { ...options }, times: 1, onDone })
  }

  #conflictAt({ collection, database }: Target, chaos: ArmedFault): void {
    const where = collection === undefined ? {} : { collection, database }
    this.#causes.set(this.#last(this.#conflict(where)), chaos)
  }

  /** From now on it may strike. */
  #last(fault: ArmedFault): ArmedFault {
    this.#lasting.add(fault)
    if (fault.kind === 'conflict') this.#parts.mishaps.forceConflicts(fault)
    else this.#wait([...this.#armed, fault])
    return fault
  }

  #leave(fault: ArmedFault): void {
    this.#lasting.delete(fault)
    this.#causes.delete(fault)
    if (fault.kind === 'conflict') this.#parts.mishaps.endConflicts(fault)
    else this.#wait(this.#armed.filter((one) => one !== fault))
  }

  #wait(armed: readonly ArmedFault[]): void {
    this.#armed = armed
    this.isArmed = armed.length > 0
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
