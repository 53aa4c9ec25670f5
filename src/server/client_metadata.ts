import { type Document, isDocument, sizeOf, utf8Length } from '../bson/index.ts'
import { ServerError } from '../engine/index.ts'

/** What a client says of itself in its first hello, as far as anything depends on it. */
export interface ClientMetadata {
  readonly driverName: string
  readonly appName: string | undefined
  /** All of it, as `$currentOp` shows it. */
  readonly document: Document
}

/** The sub-documents that there must be, and the texts that they must have. */
const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  driver: ['name', 'version'],
  os: ['type'],
}

const BYTES_MAX = 1024
const APP_NAME_BYTES_MAX = 128

/** @throws ServerError 14, 183, 184, 185. Source: client_metadata.cpp (8.0) */
export function parseClientMetadata(given: unknown): ClientMetadata {
  if (!isDocument(given)) {
    throw new ServerError('TypeMismatch', 'The client metadata document must be a document')
  }
  if (sizeOf(given) > BYTES_MAX) {
    throw new ServerError(
      'ClientMetadataDocumentTooLarge',
      `The client metadata document must be less then or equal to ${BYTES_MAX} bytes`,
    )
  }
  // In the order in which the client has them: the first that is wrong is what it hears of.
  let appName: string | undefined
  for (const [name, value] of Object.entries(given)) {
    if (name === 'application') appName = appNameIn(subDocument(name, value))
    const fields = REQUIRED[name]
    if (fields !== undefined) checkTexts(name, subDocument(name, value), fields)
  }
  for (const name of Object.keys(REQUIRED)) {
    if (given[name] === undefined) throw missing(`sub-document '${name}'`)
  }
  const driverName = (given['driver'] as Document)['name'] as string
  return { driverName, appName, document: given }
}

function subDocument(name: string, value: unknown): Document {
  if (isDocument(value)) return value
  throw new ServerError(
    'TypeMismatch',
    `The '${name}' field is required to be a BSON document in the client metadata document`,
  )
}

function checkTexts(of: string, document: Document, fields: readonly string[]): void {
  for (const field of fields) {
    const value = document[field]
    if (value !== undefined && typeof value !== 'string') throw notText(`${of}.${field}`)
  }
  for (const field of fields) {
    if (document[field] === undefined) throw missing(`field '${of}.${field}'`)
  }
}

function appNameIn({ name }: Document): string | undefined {
  if (name === undefined) return undefined
  if (typeof name !== 'string') throw notText('application.name')
  if (utf8Length(name) <= APP_NAME_BYTES_MAX) return name === '' ? undefined : name
  throw new ServerError(
    'ClientMetadataAppNameTooLarge',
    `The 'application.name' field must be less then or equal to ${APP_NAME_BYTES_MAX} bytes in the client metadata document`,
  )
}

function notText(path: string): ServerError {
  return new ServerError(
    'TypeMismatch',
    `The '${path}' field must be a string in the client metadata document`,
  )
}

function missing(what: string): ServerError {
  return new ServerError(
    'ClientMetadataMissingField',
    `Missing required ${what} in the client metadata document`,
  )
}
