import type { Document } from '../../bson/index.ts'
import { ServerError, type Services } from '../../engine/index.ts'
import { FailPoint, parseMode } from './fail_point.ts'
import type { ForcedConflicts } from './forced_conflicts.ts'

const NAMES = [
  'failCommand',
  'failGetMoreAfterCursorCheckout',
  'onPrimaryTransactionalWrite',
  'WTWriteConflictException',
  'skipWriteConflictRetries',
] as const

export type FailPointName = (typeof NAMES)[number]

/** The fail points of one server, and the wires by which two of them reach the engine. */
export class FailPoints {
  readonly #conflicts: ForcedConflicts
  readonly #points: ReadonlyMap<string, FailPoint>
  readonly failCommand: FailPoint
  readonly failGetMoreAfterCursorCheckout: FailPoint
  readonly onPrimaryTransactionalWrite: FailPoint

  constructor(services: Services, conflicts: ForcedConflicts) {
    this.#conflicts = conflicts
    this.#points = new Map(NAMES.map((name) => [name, new FailPoint(name, services.random)]))
    this.failCommand = this.#get('failCommand')
    this.failGetMoreAfterCursorCheckout = this.#get('failGetMoreAfterCursorCheckout')
    this.onPrimaryTransactionalWrite = this.#get('onPrimaryTransactionalWrite')
    const skipRetries = this.#get('skipWriteConflictRetries')
    Object.defineProperty(services.hooks, 'skipWriteConflictRetries', {
      get: () => !skipRetries.isOff && skipRetries.fires(),
      configurable: true,
    })
  }

  /**
   * What `configureFailPoint` does.
   *
   * @returns how often the point had fired before
   * @throws ServerError 266 for an unknown point; of the mode
   */
  configure(name: string, mode: unknown, data: Document): number {
    const point = this.find(name)
    const entered = point.timesEntered
    point.set(parseMode(mode), data)
    if (name === 'WTWriteConflictException') this.#forceConflicts(point)
    return entered
  }

  /** Turns every point off, as `configureFailPoint` would one by one. */
  turnOff(): void {
    for (const name of NAMES) {
      if (!this.#get(name).isOff) this.configure(name, 'off', {})
    }
  }

  /** @throws ServerError 266 for an unknown point */
  find(name: string): FailPoint {
    const point = this.#points.get(name)
    if (point === undefined) throw new ServerError('FailPointSetFailed', `${name} not found`)
    return point
  }

  /**
   * Writes meet WT_ROLLBACK while the point fires. A `namespace` in its data, which the server does
   * not know, narrows it down.
   */
  #forceConflicts(point: FailPoint): void {
    const { namespace } = point.data
    if (point.isOff) this.#conflicts.set(point, undefined)
    else if (namespace === undefined) this.#conflicts.set(point, () => point.fires())
    else this.#conflicts.set(point, (written) => written === namespace && point.fires())
  }

  #get(name: FailPointName): FailPoint {
    return this.#points.get(name)!
  }
}
