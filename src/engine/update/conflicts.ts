/** No two leaves of an update may write to one path, or one below the other. */
import type { Path } from '../../bson/index.ts'
import { ServerError } from '../errors.ts'
import { identifierIn } from './update_path.ts'

/**
 * The paths an update has claimed so far. The later of two conflicting paths is the one complained
 * of. Source: server, UpdateObjectNode::parseAndMerge.
 */
export class ClaimedPaths {
  readonly #claimed = new Set<string>()
  /**
   * Every path that a claimed one leads through: whether it is gone on with there by an array
   * filter. The two ways of going on can't be told apart beforehand, so they don't mix.
   */
  readonly #passed = new Map<string, boolean>()

  claim({ text, parts }: Path): void {
    let prefix = ''
    for (let i = 0; i < parts.length - 1; i++) {
      prefix = i === 0 ? parts[0]! : `${prefix}.${parts[i]}`
      if (this.#claimed.has(prefix)) throw conflict(text, prefix)
      const isFiltered = identifierIn(parts[i + 1]!) !== undefined
      if (this.#passed.get(prefix) === !isFiltered) throw conflict(text, prefix)
      this.#passed.set(prefix, isFiltered)
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
