import { type Document, isDocument, isNumeric, numberToDouble } from '../../bson/index.ts'
import { ServerError } from '../../engine/index.ts'
import { type Random, WaitQueue } from '../../sim/index.ts'

/** When a fail point fires, as `configureFailPoint` says it. */
export type FailPointMode =
  | { readonly kind: 'off' }
  | { readonly kind: 'alwaysOn' }
  | { readonly kind: 'times'; left: number }
  | { readonly kind: 'skip'; left: number }
  | { readonly kind: 'probability'; readonly value: number }

/**
 * A named place where a test may make the server misbehave. Source: fail_point.cpp.
 *
 * Only activations that the place's own condition admits are counted: `times: 2` for `update`
 * commands lets any number of others pass.
 */
export class FailPoint {
  readonly name: string
  /** Told whenever it fires. */
  readonly entered: WaitQueue = new WaitQueue('fail point')
  readonly #random: Random
  #mode: FailPointMode = { kind: 'off' }
  #timesEntered = 0
  data: Document = {}

  constructor(name: string, random: Random) {
    this.name = name
    this.#random = random
  }

  get isOff(): boolean {
    return this.#mode.kind === 'off'
  }

  /** How often it fired. */
  get timesEntered(): number {
    return this.#timesEntered
  }

  set(mode: FailPointMode, data: Document): void {
    this.#mode = mode
    this.data = data
  }

  /** Whether it fires now; ask only where its condition holds. */
  fires(): boolean {
    const fired = this.#decide()
    if (!fired) return false
    this.#timesEntered++
    this.entered.notifyAll()
    return true
  }

  #decide(): boolean {
    const mode = this.#mode
    switch (mode.kind) {
      case 'off':
        return false
      case 'alwaysOn':
        return true
      case 'times':
        if (--mode.left <= 0) this.#mode = { kind: 'off' }
        return true
      case 'skip':
        if (mode.left === 0) return true
        mode.left--
        return false
      case 'probability':
        return this.#random.next() < mode.value
    }
  }
}

/** @throws ServerError BadValue, TypeMismatch. Source: `FailPoint::parseBSON` */
export function parseMode(given: unknown): FailPointMode {
  if (typeof given === 'string') {
    if (given === 'off' || given === 'alwaysOn') return { kind: given }
    throw new ServerError('BadValue', `unknown mode: ${given}`)
  }
  if (!isDocument(given)) {
    throw new ServerError('TypeMismatch', "'mode' must be a string or JSON object")
  }
  if (given['times'] !== undefined) return { kind: 'times', left: countOf(given['times'], 'times') }
  if (given['skip'] !== undefined) return { kind: 'skip', left: countOf(given['skip'], 'skip') }
  const probability = given['activationProbability']
  if (probability === undefined) throw new ServerError('BadValue', 'invalid mode object')
  if (!isNumeric(probability)) {
    throw new ServerError('TypeMismatch', "the value of 'activationProbability' must be a number")
  }
  const value = numberToDouble(probability)
  if (value >= 0 && value <= 1) return { kind: 'probability', value }
  throw new ServerError(
    'BadValue',
    `activationProbability must be between 0.0 and 1.0; found ${value}`,
  )
}

function countOf(given: unknown, name: string): number {
  if (!isNumeric(given)) {
    throw new ServerError('TypeMismatch', `${name} option must be a number`)
  }
  const count = Math.trunc(numberToDouble(given))
  if (count >= 0 && count <= 2 ** 31 - 1) return count
  throw new ServerError('BadValue', `'${name}' option to 'mode' must be positive`)
}
