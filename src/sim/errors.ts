/** An operation suspends again and again and time does not move. */
export class StalledOperationError extends Error {
  override readonly name = 'StalledOperationError'
}

/** The simulator was stopped while somebody was under way, or before they came. */
export class StoppedError extends Error {
  override readonly name = 'StoppedError'
}
