import { isNumeric, numberToDouble, typeNameOf } from '../bson/index.ts'
import { ServerError } from '../engine/index.ts'

/** What `{ aggregate: 1 }` names. Source: `kCollectionlessAggregateCollection`. */
export const COLLECTIONLESS = '$cmd.aggregate'

/** What a pipeline's command names instead of a collection. @throws ServerError 9, 14 */
export function collectionlessOf(command: string, given: unknown): string {
  if (!isNumeric(given)) {
    throw new ServerError('TypeMismatch', `collection name has invalid type: ${typeNameOf(given)}`)
  }
  if (numberToDouble(given) === 1) return COLLECTIONLESS
  throw new ServerError(
    'FailedToParse',
    `Invalid command format: the '${command}' field must specify a collection name or 1`,
  )
}
