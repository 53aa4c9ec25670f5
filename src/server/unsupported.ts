import { type Document, isDocument } from '../bson/index.ts'
import { ServerError } from '../engine/index.ts'

/**
 * Options of the server that are not built yet: to give one that would change anything is an error,
 * never ignored.
 *
 * @throws ServerError NotImplemented
 */
export function refuseUnsupported(document: Document, names: readonly string[]): void {
  for (const name of names) {
    const value = document[name]
    if (value === undefined || value === null || value === false || isWithoutEffect(name, value)) {
      continue
    }
    throw new ServerError('NotImplemented', `Option '${name}' is not supported`)
  }
}

function isWithoutEffect(name: string, value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0
  if (!isDocument(value)) return false
  if (Object.keys(value).length === 0) return true
  return name === 'collation' && value['locale'] === 'simple' && Object.keys(value).length === 1
}
