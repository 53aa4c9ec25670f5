/** Pieces of the server's messages about documents under update. */
import { canonicalText, type Document, fieldOf } from '../../bson/index.ts'
import { ServerError } from '../errors.ts'

/** A field as the server prints one: `a: { b: 1 }`. */
export function elementText(name: string, value: unknown): string {
  return `${name}: ${canonicalText(value)}`
}

/**
 * The document's `_id` as messages name it: `_id: 1`.
 *
 * @param missing what they say of a document that has none (yet)
 */
export function idText(document: Document, missing = 'INVALID-MUTABLE-ELEMENT'): string {
  const id = fieldOf(document, '_id')
  return id === undefined ? missing : elementText('_id', id)
}

/**
 * A component can't be made below a value that holds no fields, or in an array without being an
 * index.
 */
export function cannotCreate(component: string, holder: string, value: unknown): ServerError {
  return new ServerError(
    'PathNotViable',
    `Cannot create field '${component}' in element {${elementText(holder, value)}}`,
  )
}

/** The same for operators that would not make anything there. */
export function cannotTraverse(
  component: string,
  path: string,
  holder: string,
  value: unknown,
): ServerError {
  return new ServerError(
    'PathNotViable',
    `Cannot use the part (${component}) of (${path}) to traverse the element ({${elementText(holder, value)}})`,
  )
}
