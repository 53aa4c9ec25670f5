import { ObjectId } from 'bson'
import { ServerError } from '../../engine/index.ts'
import { invariant } from '../../invariant.ts'
import type { Clock, Timer, WakeKind } from '../../sim/index.ts'
import { type ReplicaSetConfig, unconfigured } from './config.ts'
import { checkMemberTransition, type MemberState } from './states.ts'

export interface ReplicaSetOptions {
  readonly clock: Clock
  readonly setName: string
  /** Whether it is configured, and primary, from the start. */
  readonly initiated: boolean
  /** Ends transactions in progress, and interrupts the writes under way. */
  readonly interrupt: () => void
  /** What a fork goes on from. */
  readonly from?: ReplicaSet | undefined
}

/** What happened to the set, for those who tell of it. */
export type ReplicationEvent =
  | { readonly kind: 'configured'; readonly config: ReplicaSetConfig; readonly term: number }
  | { readonly kind: 'moved'; readonly from: MemberState; readonly to: MemberState }
  | { readonly kind: 'elected'; readonly term: number }
  | { readonly kind: 'writable'; readonly term: number }

/**
 * A replica set of one node: its configuration, its state, its terms. What TopologyCoordinator and
 * ReplicationCoordinator are in the server (topology_coordinator.cpp, 8.0), as far as a node can
 * tell that has nobody beside it.
 *
 * Such a node elects itself, at once, whenever it may. It may not before it was configured, and not
 * while the period lasts for which it stepped down. Each election begins a new term, and makes an
 * election id that is greater than all before.
 *
 * The timer of the next election is passive at first: a store that nobody uses stays a secondary
 * in virtual time. Once a client was turned away, somebody waits for a primary, and the timer is a
 * driving one.
 */
export class ReplicaSet {
  readonly setName: string
  readonly #clock: Clock
  readonly #interrupt: () => void
  readonly #listeners: ((event: ReplicationEvent) => void)[] = []
  /** Whether writes are taken. Every command asks, so it is a field. */
  acceptsWrites = false
  #state: MemberState = 'STARTUP'
  #config: ReplicaSetConfig | undefined = undefined
  #configTerm = 0
  #term = 0
  #electionTerm = 0
  #electionId = new ObjectId('7fffffff0000000000000000')
  /** A step-down is under way that waits for others to catch up. */
  #attempting = false
  #electableFromUs = 0
  #election: Timer | undefined = undefined
  #electionKind: WakeKind = 'passive'

  constructor({ clock, setName, initiated, interrupt, from }: ReplicaSetOptions) {
    this.setName = setName
    this.#clock = clock
    this.#interrupt = interrupt
    if (from !== undefined) this.#continueFrom(from)
    else if (initiated) this.initiate(unconfigured(setName))
  }

  #continueFrom(other: ReplicaSet): void {
    this.#state = other.#state
    this.#config = other.#config
    this.#configTerm = other.#configTerm
    this.#term = other.#term
    this.#electableFromUs = other.#electableFromUs
    this.acceptsWrites = this.#state === 'PRIMARY'
    if (this.#state === 'SECONDARY') this.#scheduleElection('passive')
  }

  get state(): MemberState {
    return this.#state
  }

  get config(): ReplicaSetConfig | undefined {
    return this.#config
  }

  /** -1 after a configuration by force, until the next election. */
  get configTerm(): number {
    return this.#configTerm
  }

  get term(): number {
    return this.#term
  }

  /** Grows with each election. Source: `OID::fromTerm`. */
  get electionId(): ObjectId {
    // Every reply to a write over the wire tells it.
    if (this.#electionTerm !== this.#term) {
      this.#electionTerm = this.#term
      this.#electionId = new ObjectId(`7fffffff${this.#term.toString(16).padStart(16, '0')}`)
    }
    return this.#electionId
  }

  onEvent(listener: (event: ReplicationEvent) => void): void {
    this.#listeners.push(listener)
  }

  /** The first configuration: the node becomes primary. */
  initiate(config: ReplicaSetConfig): void {
    invariant(this.#config === undefined, 'a set is initiated once')
    this.#configure(config, 0)
    this.#moveTo('SECONDARY')
    this.#elect()
  }

  /** @param term -1 for one by force, which belongs to no term */
  reconfigure(config: ReplicaSetConfig, term: number): void {
    invariant(this.#config !== undefined, 'what was never configured is initiated')
    this.#configure(config, term)
  }

  /**
   * From now on writes are refused, and those under way are over, while others catch up: until
   * `stepDown` or `abandonStepDown`.
   *
   * @throws ServerError 10107 where it is not primary; 117 where it is about to step down already.
   *   Source: `prepareForStepDownAttempt`
   */
  beginStepDown(): void {
    if (this.#state !== 'PRIMARY') {
      throw new ServerError('NotWritablePrimary', "not primary so can't step down")
    }
    if (this.#attempting) {
      throw new ServerError(
        'ConflictingOperationInProgress',
        'This node is already in the process of stepping down',
      )
    }
    this.#attempting = true
    this.acceptsWrites = false
    this.#interrupt()
  }

  /** Nobody caught up: it stays primary. */
  abandonStepDown(): void {
    invariant(this.#attempting, 'only a step-down under way is abandoned')
    this.#attempting = false
    this.acceptsWrites = true
  }

  /** Steps down, after `beginStepDown`, and stands for no election before `untilUs`. */
  stepDown(untilUs: number): void {
    invariant(this.#attempting, 'a step-down begins with an attempt')
    this.#attempting = false
    this.#electableFromUs = untilUs
    this.#moveTo('SECONDARY')
    this.#scheduleElection('passive')
  }

  /**
   * Stands for no election before `untilUs`; if that is now, it is elected at once.
   *
   * @throws ServerError 95 on the primary. Source: `prepareFreezeResponse`
   */
  freeze(untilUs: number): void {
    if (this.#state !== 'SECONDARY') {
      const state = this.#state === 'PRIMARY' ? 'Primary' : 'Startup'
      throw new ServerError(
        'NotSecondary',
        `Cannot freeze node when primary or running for election, state: ${state}`,
      )
    }
    if (untilUs <= this.#clock.nowUs()) {
      this.#elect()
      return
    }
    this.#electableFromUs = Math.max(this.#electableFromUs, untilUs)
    this.#scheduleElection(this.#electionKind)
  }

  /** A client looks for a primary: from now on the wait for one is somebody's wait. */
  notePrimarySought(): void {
    if (this.#state !== 'SECONDARY' || this.#electionKind === 'driving') return
    // Real time passes by itself, and must not be what keeps a process alive.
    if (this.#clock.mode === 'real') return
    this.#scheduleElection('driving')
    this.#clock.noteIdle()
  }

  #configure(config: ReplicaSetConfig, term: number): void {
    this.#config = config
    this.#configTerm = term
    this.#tell({ kind: 'configured', config, term })
  }

  #scheduleElection(kind: WakeKind): void {
    this.#election?.cancel()
    this.#electionKind = kind
    const delayUs = Math.max(0, this.#electableFromUs - this.#clock.nowUs())
    this.#election = this.#clock.schedule(delayUs, kind, () => this.#elect())
  }

  #elect(): void {
    this.#election?.cancel()
    this.#election = undefined
    this.#term++
    this.#tell({ kind: 'elected', term: this.#term })
    this.#moveTo('PRIMARY')
    // The primary of a new term makes the configuration its own.
    this.#configTerm = this.#term
    this.acceptsWrites = true
    this.#tell({ kind: 'writable', term: this.#term })
  }

  #moveTo(to: MemberState): void {
    const from = this.#state
    checkMemberTransition(from, to)
    this.#state = to
    this.#tell({ kind: 'moved', from, to })
  }

  #tell(event: ReplicationEvent): void {
    for (const listener of this.#listeners) listener(event)
  }
}
