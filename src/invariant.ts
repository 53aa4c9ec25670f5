/** A promise of ours was broken: a bug in Palimpsest, never a user's mistake. */
export class InvariantError extends Error {
  override readonly name = 'InvariantError'
}

/**
 * Asserts something that must hold whatever the user does. Always on.
 *
 * @param message what was promised; a function where building the text would cost something
 */
export function invariant(condition: unknown, message: string | (() => string)): asserts condition {
  if (condition) return
  throw new InvariantError(typeof message === 'string' ? message : message())
}
