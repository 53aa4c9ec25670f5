/**
 * What a document may hold to be stored, beyond being BSON. Source: server, storage_validation.cpp.
 *
 * Field names with `$` are fine inside of documents (since 5.0), but no update operator or
 * replacement may make one at the top, where it would read as an operator; the fields of a
 * reference to another document (`$ref`, `$id`, `$db`, in this order) excepted. Size and depth are
 * measured elsewhere.
 */
import { type Document, isDocument, typeNameOf, typeOf } from '../../bson/index.ts'
import { ServerError } from '../errors.ts'

/**
 * A top-level field that an update has set. @throws ServerError 52 DollarPrefixedFieldName, 55
 * InvalidDBRef
 */
export function checkFieldName(document: Document, name: string): void {
  if (!name.startsWith('$')) return
  checkDollarField(Object.entries(document), name, name)
}

/** All top-level fields of a replacement. */
export function checkFieldNames(document: Document): void {
  for (const name in document) checkFieldName(document, name)
}

/**
 * The `_id` of a document about to be inserted.
 * @throws ServerError 53 InvalidIdField; 52 for `$`-prefixed fields in it
 */
export function checkIdValue(id: unknown): void {
  switch (typeOf(id)) {
    case 'array':
    case 'regex':
    case 'undefined':
      throw new ServerError('InvalidIdField', `The '_id' value cannot be of type ${typeNameOf(id)}`)
  }
  if (!isDocument(id)) return
  for (const name in id) {
    if (name.startsWith('$')) checkDollarField(Object.entries(id), name, `_id.${name}`)
  }
}

/** Allowed only as part of a reference: `$ref`, then `$id`, then perhaps `$db`. */
function checkDollarField(
  fields: readonly (readonly [string, unknown])[],
  name: string,
  path: string,
): void {
  let at = fields.findIndex(([other]) => other === name)
  if (name === '$db') {
    requireString('$db', fields[at]![1])
    at = requirePredecessor(fields, at, '$db', '$id')
  }
  if (fields[at]![0] === '$id') at = requirePredecessor(fields, at, '$id', '$ref')
  if (fields[at]![0] !== '$ref') {
    throw new ServerError(
      'DollarPrefixedFieldName',
      `The dollar ($) prefixed field '${name}' in '${path}' is not allowed in the context of an update's` +
        ' replacement document. Consider using an aggregation pipeline with $replaceWith.',
    )
  }
  requireString('$ref', fields[at]![1])
  if (fields[at + 1]?.[0] !== '$id') {
    throw new ServerError('InvalidDBRef', 'The DBRef $ref field must be followed by a $id field')
  }
}

function requireString(name: string, value: unknown): void {
  if (typeof value === 'string') return
  throw new ServerError(
    'InvalidDBRef',
    `The DBRef ${name} field must be a String, not a ${typeNameOf(value)}`,
  )
}

function requirePredecessor(
  fields: readonly (readonly [string, unknown])[],
  at: number,
  name: string,
  predecessor: string,
): number {
  if (fields[at - 1]?.[0] === predecessor) return at - 1
  throw new ServerError(
    'InvalidDBRef',
    `Found ${name} field without a ${predecessor} before it, which is invalid.`,
  )
}
