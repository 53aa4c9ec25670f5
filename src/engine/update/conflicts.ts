/** No two leaves of an update may write to one path, or one below the other. */
import type { Path } from '../../bson/index.ts'
import { ServerError } from '../errors.ts'

/**
 * The paths an update has claimed so far. The later of two conflicting paths is the one complained
 * of. Source: server, UpdateObjectNode::parseAndMerge.
 */
export class ClaimedPaths {
  readonly #claimed = new Set<string>()
  /** Every path that a claimed one leads through. */
  readonly #passed = new Set<string>()

  claim({ text, parts }: Path): void {
    let prefix = ''
    for (let i = 0; i < parts.length - 1; i++) {
      prefix = i === 0 ? parts[0]! : `${prefix}.${parts[i]}`
      if (this.#claimed.has(prefix)) throw conflict(text, prefix)
      this.#passed.add(prefix)
    }
    if (this.#claimed.has(text) || this.#passed.has(text)) throw conflict(text, text)
    this.#claimed.add(text)
  }
}

function conflict(path: string, at: string): ServerError {
  return new ServerError(
    'ConflictingUpdateOperators',
    `Updating the path '${path}' would create a conflict at '${at}'`,
  )
}
