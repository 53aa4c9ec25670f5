import { type Document, sizeOf, withField } from '../../bson/index.ts'
import { ServerError } from '../errors.ts'
import type { Accumulator } from './accumulators/accumulator.ts'
import type { AccumulatedField } from './accumulators/parse.ts'

/** Server: BSONObjMaxInternalSize, 16 MiB and 16 KiB. */
const INTERNAL_BYTES_MAX = 16_793_600

/** A group as a document: its id, and what each field came to. @throws ServerError 10334 */
export function groupDocument(
  id: unknown,
  fields: readonly AccumulatedField[],
  accumulators: readonly Accumulator[],
): Document {
  let document: Document = { _id: id }
  for (let i = 0; i < accumulators.length; i++) {
    const value = accumulators[i]!.value() ?? null
    document = withField(document, fields[i]!.name, value)
  }
  checkSize(document)
  return document
}

function checkSize(document: Document): void {
  const sizeBytes = sizeOf(document)
  if (sizeBytes <= INTERNAL_BYTES_MAX) return
  throw new ServerError(
    'BSONObjectTooLarge',
    `BSONObj size: ${sizeBytes} (0x${sizeBytes.toString(16).toUpperCase()}) is invalid. Size must be between 0 and ${INTERNAL_BYTES_MAX}(16MB)`,
  )
}
