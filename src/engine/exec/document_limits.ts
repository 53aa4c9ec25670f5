import { type Document, depthOf, isDocument, sizeOf } from '../../bson/index.ts'
import { ServerError } from '../errors.ts'
import { checkIdValue } from '../update/index.ts'

/** 16 MiB; server: BSONObjMaxUserSize. */
export const DOCUMENT_BYTES_MAX = 16_777_216
/** Server: BSONDepth::getMaxDepthForUserStorage, 200 less what the server may wrap around it. */
const DOCUMENT_DEPTH_MAX = 180
/** A level of nesting takes at least so much, so small documents need no second look. */
const LEVEL_BYTES_MIN = 8

function isTooDeep(document: Document, sizeBytes: number): boolean {
  return sizeBytes > DOCUMENT_DEPTH_MAX * LEVEL_BYTES_MIN && depthOf(document) > DOCUMENT_DEPTH_MAX
}

/** A document on its way into a collection, measured once. */
export interface NewDocument {
  readonly document: Document
  readonly sizeBytes: number
  /** Why it may not be stored. */
  readonly problem: ServerError | undefined
}

/** Measures a document and looks whether it may be stored. */
export function measured(document: Document): NewDocument {
  const sizeBytes = sizeOf(document)
  return { document, sizeBytes, problem: problemOf(document, sizeBytes) }
}

/** Source: `fixDocumentForInsert`, insert.cpp (8.0). */
function problemOf(document: Document, sizeBytes: number): ServerError | undefined {
  if (sizeBytes > DOCUMENT_BYTES_MAX) {
    return new ServerError(
      'BSONObjectTooLarge',
      `object to insert too large. size in bytes: ${sizeBytes}, max size: ${DOCUMENT_BYTES_MAX}`,
    )
  }
  if (isTooDeep(document, sizeBytes)) {
    return new ServerError(
      'Overflow',
      `cannot insert document because it exceeds ${DOCUMENT_DEPTH_MAX} levels of nesting`,
    )
  }
  return checkId(document['_id'])
}

function checkId(id: unknown): ServerError | undefined {
  if (typeof id === 'string' || typeof id === 'number') return undefined
  if (isDocument(id)) {
    for (const name in id) {
      if (!name.startsWith('$')) continue
      return new ServerError(
        'DollarPrefixedFieldName',
        `_id fields may not contain '$'-prefixed fields: ${name} is not valid for storage.`,
      )
    }
    return undefined
  }
  try {
    checkIdValue(id)
    return undefined
  } catch (error) {
    if (error instanceof ServerError) return error
    throw error
  }
}

/**
 * Source: update_stage.cpp, storage_validation.cpp (8.0).
 *
 * @returns the size in bytes
 * @throws ServerError 17419, 15
 */
export function checkUpdated(document: Document): number {
  const sizeBytes = sizeOf(document)
  if (sizeBytes > DOCUMENT_BYTES_MAX) {
    throw new ServerError(
      17419,
      `Resulting document after update is larger than ${DOCUMENT_BYTES_MAX}`,
    )
  }
  if (isTooDeep(document, sizeBytes)) throw tooDeep()
  return sizeBytes
}

/**
 * The document that an upsert makes. Source: upsert_stage.cpp, storage_validation.cpp (8.0).
 *
 * @throws ServerError 17420, 15, or why it may not be stored
 */
export function checkUpserted(document: Document): NewDocument {
  const upserted = measured(document)
  const { sizeBytes, problem } = upserted
  if (sizeBytes > DOCUMENT_BYTES_MAX) {
    throw new ServerError(17420, `Document to upsert is larger than ${DOCUMENT_BYTES_MAX}`)
  }
  if (isTooDeep(document, sizeBytes)) throw tooDeep()
  if (problem !== undefined) throw problem
  return upserted
}

function tooDeep(): ServerError {
  return new ServerError(
    'Overflow',
    `Document exceeds maximum nesting depth of ${DOCUMENT_DEPTH_MAX}`,
  )
}
