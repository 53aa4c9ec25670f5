import type { Operation } from '../../sim/index.ts'

/** Tells generators from promises, and generator functions from others. */
export function isGenerator(value: unknown): value is Operation<unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as { next?: unknown }).next === 'function' &&
    Symbol.iterator in value
  )
}

const prototype: unknown = Object.getPrototypeOf(function* () {})

/** Which kind of client an actor gets is decided by the kind of function that it is. */
export function isGeneratorFunction(value: unknown): boolean {
  return (
    typeof value === 'function' &&
    (Object.getPrototypeOf(value) === prototype || value.constructor?.name === 'GeneratorFunction')
  )
}
