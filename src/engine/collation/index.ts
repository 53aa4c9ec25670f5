/**
 * `engine/collation`: the order of values, and the languages' orders of strings.
 *
 * Whoever compares values on a user's behalf takes a `ValueOrder` and does not ask which one it is.
 * Imports `bson` and the engine's errors only.
 */
export { orderOf } from './parse.ts'
export { BINARY_ORDER, hasText, isSameOrder, type ValueOrder } from './value_order.ts'
