import { invariant } from '../invariant.ts'
import type { OperationContext } from './operation_context.ts'

/**
 * Operations under way, in no particular order. Every operation comes and goes here, so each knows
 * its place: to go, it gives it to the last one. (A Map that is filled and emptied over and over
 * spends its time on reorganising itself.)
 */
export class OperationsInFlight {
  readonly #operations: OperationContext[] = []

  get size(): number {
    return this.#operations.length
  }

  values(): readonly OperationContext[] {
    return this.#operations
  }

  add(op: OperationContext): void {
    invariant(op.place === -1, 'an operation begins once')
    op.place = this.#operations.push(op) - 1
  }

  /** Harmless for one that has ended already. */
  delete(op: OperationContext): void {
    const { place } = op
    if (place === -1) return
    const last = this.#operations.pop()
    invariant(last !== undefined, 'an operation under way has a place')
    if (last !== op) {
      this.#operations[place] = last
      last.place = place
    }
    op.place = -1
  }
}
