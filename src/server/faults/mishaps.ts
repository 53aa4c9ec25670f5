import { isInternalDatabase, type Services } from '../../engine/index.ts'
import type { ReplicaSet } from '../replication/replica_set.ts'
import type { ArmedFault } from './armed_fault.ts'
import type { ForcedConflicts } from './forced_conflicts.ts'
import type { FaultKind } from './strike.ts'

/** How often each kind of fault struck, chaos included. */
export type FaultCounts = Readonly<Record<FaultKind, number>>

/** What happens to the server as a whole where a fault strikes, and the record of all of them. */
export class Mishaps {
  readonly #services: Services
  readonly #conflicts: ForcedConflicts
  readonly #replicaSet: ReplicaSet | undefined
  readonly #counts: Record<FaultKind, number> = {
    loseRequest: 0,
    loseReply: 0,
    reset: 0,
    stepDown: 0,
    fail: 0,
    conflict: 0,
    delay: 0,
  }

  /** @param replicaSet nothing on a server by itself */
  constructor(services: Services, conflicts: ForcedConflicts, replicaSet: ReplicaSet | undefined) {
    this.#services = services
    this.#conflicts = conflicts
    this.#replicaSet = replicaSet
  }

  /** Since the server was made. */
  get counts(): FaultCounts {
    return { ...this.#counts }
  }

  /** Counts a strike, and puts it into the trace. */
  note(kind: FaultKind, detail: Readonly<Record<string, unknown>>): void {
    const { trace, clock } = this.#services
    this.#counts[kind]++
    trace?.record(clock.elapsedUs(), 'faults', 'fault', { kind, ...detail })
  }

  /** Lets writes that a fault is about meet WT_ROLLBACK, for as long as it strikes. */
  forceConflicts(fault: ArmedFault): void {
    this.#conflicts.set(fault, (namespace) => {
      const dot = namespace.indexOf('.')
      const database = namespace.slice(0, dot)
      const collection = namespace.slice(dot + 1)
      const isTheirs = !isInternalDatabase(database) && !collection.startsWith('system.')
      const target = { name: 'write', database, collection }
      if (!fault.isAbout(target, isTheirs) || !fault.strikes()) return false
      this.note('conflict', { database, collection })
      return true
    })
  }

  endConflicts(fault: ArmedFault): void {
    this.#conflicts.set(fault, undefined)
  }

  /** Whether there is a primary that could step down. */
  get hasPrimary(): boolean {
    return this.#replicaSet?.acceptsWrites === true
  }

  /** The primary steps down, and stands for no election for so long. */
  stepDown(forMs: number): void {
    this.note('stepDown', { forMs })
    const set = this.#replicaSet!
    set.beginStepDown()
    set.stepDown(this.#services.clock.nowUs() + Math.round(forMs * 1000))
  }

  /** The election is now, where there is no primary. */
  elect(): void {
    if (this.#replicaSet?.state === 'SECONDARY')
      this.#replicaSet.freeze(this.#services.clock.nowUs())
  }
}
