/** The errors of these classes; named as in the library that they stand in for. */

/** A method was called in a state that does not allow it. */
export class StateError extends Error {
  override readonly name = 'StateError'
  readonly wantedStates: readonly string[]
  readonly gotState: string

  constructor(wantedStates: readonly string[], gotState: string) {
    super(
      `Incorrect State for operation: "${gotState}", allowed States: "[${wantedStates.join(',')}]"`,
    )
    this.wantedStates = wantedStates
    this.gotState = gotState
  }
}

/** A replica set has at least one member. */
export class ReplsetCountLowError extends Error {
  override readonly name = 'ReplsetCountLowError'
  readonly count: number

  constructor(count: number) {
    super(`ReplSet Count needs to be 1 or higher! (specified count: "${count}")`)
    this.count = count
  }
}

/** What is only there while the server runs was asked for at another time. */
export class InstanceInfoError extends Error {
  override readonly name = 'InstanceInfoError'

  constructor(where: string) {
    super(`"instanceInfo" was undefined when expected to be defined! (where: "${where}")`)
  }
}
