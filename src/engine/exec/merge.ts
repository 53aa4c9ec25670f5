import { type Document, fieldOf, getPath, parsePath } from '../../bson/index.ts'
import { isOperation, type Operation } from '../../sim/index.ts'
import type { MergeSpec } from '../aggregate/index.ts'
import type { Collection } from '../catalog/collection.ts'
import { ServerError } from '../errors.ts'
import type { OperationContext } from '../operation_context.ts'
import { findCollection } from './acquire.ts'
import { insertDocuments } from './insert.ts'
import { type UpdateRequest, updateStatement } from './update.ts'

/**
 * `$merge`: each document is inserted, or changes the one that is there, in a unit of work of its
 * own. Source: document_source_merge.cpp, merge_processor.cpp (8.0).
 *
 * @throws ServerError 51183, 51132, 51185, 13113, and whatever refuses a document
 */
export function* mergeDocuments(
  op: OperationContext,
  spec: MergeSpec,
  documents: readonly Document[],
): Operation<void> {
  const on = spec.on ?? ['_id']
  checkUnique(on, findCollection(op, spec.ns))
  for (const given of documents) {
    const document = on.includes('_id') ? withId(op, given) : given
    yield* mergeOne(op, spec, document, keyOf(document, on))
  }
}

function withId(op: OperationContext, document: Document): Document {
  if (fieldOf(document, '_id') !== undefined) return document
  return { _id: op.services.ids.mint(), ...document }
}

/** Only a unique index makes sure that there is at most one document to change. */
function checkUnique(on: readonly string[], target: Collection | undefined): void {
  if (on.length === 1 && on[0] === '_id') return
  const isUnique = target?.indexes.some(
    ({ unique, partial, sparse, fields }) =>
      unique &&
      partial === undefined &&
      !sparse &&
      fields.length === on.length &&
      fields.every(({ path }) => on.includes(path)),
  )
  if (isUnique === true) return
  throw new ServerError(51183, 'Cannot find index to verify that join fields will be unique')
}

/** What the document to be changed has in the fields that count. */
function keyOf(document: Document, on: readonly string[]): Document {
  const key: Document = {}
  for (const path of on) {
    const value = getPath(document, parsePath(path))
    if (value === undefined || value === null || Array.isArray(value)) {
      throw new ServerError(
        Array.isArray(value) ? 51185 : 51132,
        `$merge write error: 'on' field '${path}' cannot be missing, null, undefined or an array`,
      )
    }
    key[path] = value
  }
  return key
}

function* mergeOne(
  op: OperationContext,
  spec: MergeSpec,
  document: Document,
  q: Document,
): Operation<void> {
  if (spec.whenMatched === 'fail') {
    yield* insert(op, spec, document)
    return
  }
  // A pipeline makes nothing of nothing: the document itself is inserted where there is none.
  const isSupplied = spec.whenMatched === 'pipeline' && spec.whenNotMatched === 'insert'
  const upsert = spec.whenNotMatched === 'insert' && !isSupplied
  const request: UpdateRequest = { q, upsert, ...changeOf(spec, document) }
  for (;;) {
    const updating = updateStatement(op, spec.ns, request)
    const { matched, upserted } = isOperation(updating) ? yield* updating : updating
    if (matched > 0 || upserted !== undefined || spec.whenNotMatched === 'discard') return
    if (spec.whenNotMatched === 'fail') {
      throw new ServerError(
        'MergeStageNoMatchingDocument',
        '$merge could not find a matching document in the target collection for at least one document in the source collection',
      )
    }
    try {
      yield* insert(op, spec, document)
      return
    } catch (error) {
      // Somebody inserted it meanwhile: then it is to be changed.
      if (!(error instanceof ServerError) || error.codeName !== 'DuplicateKey') throw error
    }
  }
}

function changeOf(
  { whenMatched, pipeline, constants }: MergeSpec,
  document: Document,
): Pick<UpdateRequest, 'u' | 'c'> {
  switch (whenMatched) {
    case 'replace':
      return { u: document }
    case 'keepExisting':
      return { u: { $setOnInsert: document } }
    case 'pipeline':
      return { u: pipeline!, c: constants(document) }
    default:
      return { u: { $set: document } }
  }
}

function* insert(op: OperationContext, { ns }: MergeSpec, document: Document): Operation<void> {
  const inserting = insertDocuments(op, ns, [document], { ordered: true })
  const { failures } = isOperation(inserting) ? yield* inserting : inserting
  const [failure] = failures
  if (failure !== undefined) throw failure.error
}
