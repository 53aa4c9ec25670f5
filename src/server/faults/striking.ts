/**
 * What armed faults do to a command as it comes in: which of them are about it, what each one does,
 * and what comes of it all.
 */
import type { Document } from '../../bson/index.ts'
import { codeNameOf } from '../../engine/index.ts'
import {
  type MaybeOperation,
  type Operation,
  type Scheduler,
  yieldPoints,
} from '../../sim/index.ts'
import type { RegisteredCommand } from '../registered_command.ts'
import type { ArmedFault, Target } from './armed_fault.ts'
import { type Chaos, isForChaos } from './chaos.ts'
import type { ChaosKind, DelayOptions, FailOptions, StepDownOptions } from './fault_options.ts'
import type { Mishaps } from './mishaps.ts'
import type { FaultKind, Strike, StrikeError } from './strike.ts'

/** How a driver greets a server and watches it: no business of an application's. */
const MONITORING: ReadonlySet<string> = new Set([
  ...['hello', 'isMaster', 'saslStart', 'saslContinue', 'authenticate', 'logout'],
  ...['ping', 'endSessions', 'configureFailPoint', 'palimpsestAdvanceClock'],
])

/** A strike while it is put together. */
type Blow = { -readonly [Name in keyof Strike]: Strike[Name] }

export interface StrikingParts {
  readonly scheduler: Scheduler
  readonly mishaps: Mishaps
  /** The chance behind a fault that is chaos. */
  readonly chaosOf: (fault: ArmedFault) => Chaos | undefined
  /** The next write there meets a conflict, by the will of a chaos. */
  readonly conflictAt: (target: Target, chaos: ArmedFault) => void
}

/** @returns what the command meets; an operation where a strategy has to decide it */
export function strikeAt(
  parts: StrikingParts,
  armed: readonly ArmedFault[],
  command: Document,
  descriptor: RegisteredCommand,
): MaybeOperation<Strike | undefined> {
  const isApplications = !MONITORING.has(descriptor.name)
  const target = targetOf(command, descriptor)
  const faults = armed.filter((fault) =>
    fault.isAbout(target, fault.kind === 'chaos' ? isForChaos(descriptor) : isApplications),
  )
  if (faults.length === 0) return undefined
  const striking = new Striking(parts, target, descriptor)
  const isChosen = parts.scheduler.choosing && faults.some(({ kind }) => kind === 'chaos')
  return isChosen ? striking.byChoice(faults) : striking.byChance(faults)
}

/** The faults that strike one command. */
class Striking {
  readonly #parts: StrikingParts
  readonly #target: Target
  readonly #descriptor: RegisteredCommand
  readonly #blow: Blow = {
    delayUs: 0,
    losesRequest: false,
    losesReply: false,
    resets: false,
    error: undefined,
  }

  constructor(parts: StrikingParts, target: Target, descriptor: RegisteredCommand) {
    this.#parts = parts
    this.#target = target
    this.#descriptor = descriptor
  }

  /** In the order in which they were armed; what never comes in meets nothing more. */
  byChance(faults: readonly ArmedFault[]): Strike | undefined {
    for (const fault of faults) {
      if (this.#blow.losesRequest) break
      const chaos = this.#parts.chaosOf(fault)
      if (chaos === undefined) this.#strike(fault)
      else if (chaos.draws()) this.#strikeByLot(fault, chaos)
    }
    return this.#outcome()
  }

  /**
   * Whatever chaos may do is a task of its own here: the first that is picked before the command
   * strikes, if any is.
   */
  *byChoice(faults: readonly ArmedFault[]): Operation<Strike | undefined> {
    const { chaosOf, scheduler } = this.#parts
    for (const fault of faults) {
      if (this.#blow.losesRequest) break
      const chaos = chaosOf(fault)
      if (chaos === undefined) {
        this.#strike(fault)
        continue
      }
      let isDecided = false
      for (const kind of chaos.kinds.filter((one) => this.#mayHappen(one))) {
        startChosen(scheduler, `fault ${kind} at ${this.#target.name}`, () => {
          if (!isDecided) this.#strikeWith(kind, fault, chaos)
          isDecided = true
        })
      }
      yield yieldPoints.beforeOperation
      isDecided = true
    }
    return this.#outcome()
  }

  #strike(fault: ArmedFault): void {
    if (fault.kind === 'stepDown' && !this.#parts.mishaps.hasPrimary) return
    if (fault.strikes()) this.#apply(fault.kind as FaultKind, fault.options)
  }

  #strikeByLot(fault: ArmedFault, chaos: Chaos): void {
    const kind = chaos.drawKind((one) => this.#mayHappen(one))
    if (kind !== undefined) this.#strikeWith(kind, fault, chaos)
  }

  #strikeWith(kind: ChaosKind, fault: ArmedFault, chaos: Chaos): void {
    if (!fault.strikes()) return
    if (kind === 'conflict') this.#parts.conflictAt(this.#target, fault)
    else this.#apply(kind, chaos.drawOptions(kind))
  }

  #mayHappen(kind: ChaosKind): boolean {
    if (kind === 'conflict') return this.#descriptor.writes
    return kind !== 'stepDown' || this.#parts.mishaps.hasPrimary
  }

  #apply(kind: FaultKind, options: object): void {
    const blow = this.#blow
    const { mishaps } = this.#parts
    switch (kind) {
      case 'stepDown':
        mishaps.stepDown((options as StepDownOptions).forMs)
        return
      case 'loseRequest':
        blow.losesRequest = true
        break
      case 'reset':
        blow.losesReply = true
        blow.resets = true
        break
      case 'loseReply':
        blow.losesReply = true
        break
      case 'fail':
        blow.error ??= errorOf(options as FailOptions)
        break
      case 'delay':
        blow.delayUs += (options as DelayOptions).ms * 1000
    }
    const { code, ms } = options as Partial<FailOptions & DelayOptions>
    mishaps.note(kind, { ...this.#target, ...(code && { code }), ...(ms && { ms }) })
  }

  #outcome(): Strike | undefined {
    const { delayUs, losesRequest, losesReply, error } = this.#blow
    const isHit = delayUs > 0 || losesRequest || losesReply || error !== undefined
    return isHit ? this.#blow : undefined
  }
}

function targetOf(command: Document, { name, target }: RegisteredCommand): Target {
  const database = String(command['$db'])
  let named: unknown
  if (target === 'cursor') named = command['collection']
  else if (target !== 'database') [named] = Object.values(command)
  return { name, database, collection: typeof named === 'string' ? named : undefined }
}

function errorOf({ code, labels, message }: FailOptions): StrikeError {
  return { code, labels, message: message ?? `${codeNameOf(code)}, on purpose` }
}

/** Something that happens as soon as a strategy picks it. */
export function startChosen(scheduler: Scheduler, name: string, happens: () => void): void {
  // A simulator that stops has no use for what was still to go wrong.
  scheduler.start(name, chosen(happens), () => {})
}

function* chosen(happens: () => void): Operation<void> {
  happens()
}
