/** How `$lookup` and its kin find in other collections what belongs to a document. */
import { arrayIndexOf, type Document, fieldOf, isDocument, typeOf } from '../../bson/index.ts'
import { invariant } from '../../invariant.ts'
import type { Namespace } from '../catalog/namespace.ts'
import { ServerError } from '../errors.ts'
import { typeText } from '../expression/index.ts'
import type { OperationContext } from '../operation_context.ts'
import type { Flow } from './flow.ts'
import type { ParseContext, Reach } from './stage.ts'

/** @throws ServerError 72 where there is nothing but documents */
export function reachOf(stage: string, { reach }: ParseContext): Reach {
  if (reach !== undefined) return reach
  throw new ServerError('InvalidOptions', `${stage} is not allowed in this context`)
}

/** A collection of the same database, by name. @throws ServerError 9, 73 */
export function namespaceIn(stage: string, field: string, given: unknown, db: string): Namespace {
  if (typeof given === 'string') {
    if (given !== '') return { db, coll: given }
    throw new ServerError('InvalidNamespace', `Invalid namespace specified '${db}.'`)
  }
  throw new ServerError(
    'FailedToParse',
    `${stage} argument '${field}' must be a string, is type ${typeText(given)}`,
  )
}

/** All documents that a pipeline within another gives. */
export function collect(op: OperationContext, flow: Flow): Document[] {
  const documents: Document[] = []
  for (;;) {
    const pulled = flow.next(op)
    invariant(pulled !== 'yield', 'a pipeline within another does not yield')
    if (pulled === 'end') return documents
    documents.push(flow.document)
  }
}

/**
 * What a field must have to belong to one of these values. Source: `makeMatchStageFromInput`,
 * document_source_lookup.cpp: nothing is as good as null; a regular expression is a value.
 */
export function belongsTo(field: string, values: readonly unknown[]): Document {
  if (values.length === 0) return { [field]: { $eq: null } }
  if (values.some((value) => typeOf(value) === 'regex')) {
    return { $or: values.map((value) => ({ [field]: { $eq: value } })) }
  }
  return { [field]: { $in: values } }
}

/** Each value at the end of a path; arrays on the way are searched, at the end taken apart. */
export function valuesAlong(document: Document, path: readonly string[]): unknown[] {
  const values: unknown[] = []
  collectValues(document, path, 0, values)
  return values
}

/** Source: `visitAllValuesAtPath`, document_path_support.cpp (8.0). */
function collectValues(
  value: unknown,
  path: readonly string[],
  depth: number,
  into: unknown[],
): void {
  const name = path[depth]
  if (name === undefined) {
    if (Array.isArray(value)) for (const element of value) into.push(element)
    else if (value !== undefined) into.push(value)
  } else if (Array.isArray(value)) {
    const index = arrayIndexOf(name)
    if (index >= 0) collectValues(value[index], path, depth + 1, into)
    for (const element of value) {
      if (isDocument(element)) collectValues(element, path, depth, into)
    }
  } else if (isDocument(value)) collectValues(fieldOf(value, name), path, depth + 1, into)
}
