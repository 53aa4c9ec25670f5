import type { FaultScope } from './fault_options.ts'
import type { FaultKind } from './strike.ts'

/** A fault that was asked for: what it has done, and the way to be rid of it. */
export interface FaultHandle extends Disposable {
  readonly kind: FaultKind | 'chaos'
  /** How often it struck. */
  readonly fired: number
  /** How often it still may; 0 once it is cleared. */
  readonly left: number
  /** Takes it away; a step-down that lasts ends with an election. */
  clear(): void
}

/** How far a fault has come. */
export interface FaultProgress {
  readonly skip: number
  readonly left: number
  readonly fired: number
}

/** A command on its way in, or a write, as far as faults tell them apart. */
export interface Target {
  readonly name: string
  readonly database: string
  /** Undefined where it names none. */
  readonly collection: string | undefined
}

export interface ArmedFaultParts<Options> {
  readonly kind: FaultKind | 'chaos'
  readonly options: Options
  /** The commands that it is about, by the names that the server has for them. */
  readonly names?: ReadonlySet<string> | undefined
  /** How often it strikes, where the options do not say. */
  readonly times: number
  /** It has struck for the last time, or was cleared. */
  readonly onDone: (fault: ArmedFault, cause: 'struck' | 'cleared') => void
}

/**
 * One fault while it lasts. It counts only what is within its scope, so that `times: 2` for updates
 * lets any number of finds pass.
 */
export class ArmedFault<Options extends FaultScope = FaultScope> implements FaultHandle {
  readonly kind: FaultKind | 'chaos'
  readonly options: Options
  readonly #parts: ArmedFaultParts<Options>
  #skip: number
  #left: number
  #fired = 0

  constructor(parts: ArmedFaultParts<Options>) {
    const { kind, options, times } = parts
    this.kind = kind
    this.options = options
    this.#parts = parts
    this.#skip = options.skip ?? 0
    this.#left = options.times ?? times
  }

  get fired(): number {
    return this.#fired
  }

  get left(): number {
    return this.#left
  }

  get progress(): FaultProgress {
    return { skip: this.#skip, left: this.#left, fired: this.#fired }
  }

  /** Goes on from where it was once. */
  become({ skip, left, fired }: FaultProgress): void {
    this.#skip = skip
    this.#left = left
    this.#fired = fired
  }

  /** Which commands it is about, as `isAbout` has it. */
  get names(): ReadonlySet<string> | undefined {
    return this.#parts.names
  }

  /** @param isMeant whether a fault that names no command is about this one */
  isAbout({ name, database, collection }: Target, isMeant: boolean): boolean {
    const { options } = this
    const { names } = this.#parts
    if (names === undefined ? !isMeant : !names.has(name)) return false
    if (options.database !== undefined && options.database !== database) return false
    return options.collection === undefined || options.collection === collection
  }

  /** What is within its scope came: whether it strikes. */
  strikes(): boolean {
    if (this.#left === 0) return false
    if (this.#skip > 0) {
      this.#skip--
      return false
    }
    this.#fired++
    if (--this.#left === 0) this.#parts.onDone(this, 'struck')
    return true
  }

  clear(): void {
    this.#left = 0
    this.#parts.onDone(this, 'cleared')
  }

  [Symbol.dispose](): void {
    this.clear()
  }
}
