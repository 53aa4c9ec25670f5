import type { Timestamp } from 'bson'
import { canonicalText, type Document, isDocument, typeNameOf, typeOf } from '../../bson/index.ts'
import { ServerError } from '../errors.ts'
import { parseToken, type TokenPlace } from './resume_token.ts'

const FULL_DOCUMENT = ['default', 'updateLookup', 'whenAvailable', 'required'] as const
const BEFORE_CHANGE = ['off', 'whenAvailable', 'required'] as const

/** What a `$changeStream` stage asks for. */
export interface ChangeStreamSpec {
  readonly fullDocument: (typeof FULL_DOCUMENT)[number]
  readonly fullDocumentBeforeChange: (typeof BEFORE_CHANGE)[number]
  /** Whether events that came with 6.0 are shown, and fields of others that did. */
  readonly showExpandedEvents: boolean
  readonly allChangesForCluster: boolean
  /** Where it begins; nothing: now. */
  readonly start:
    | { readonly kind: 'time'; readonly time: Timestamp }
    | { readonly kind: 'token'; readonly place: TokenPlace; readonly token: Document }
    | undefined
}

const FLAGS = ['showExpandedEvents', 'allChangesForCluster'] as const
const KNOWN: ReadonlySet<string> = new Set([
  ...FLAGS,
  'fullDocument',
  'fullDocumentBeforeChange',
  'resumeAfter',
  'startAfter',
  'startAtOperationTime',
])

/**
 * Source: document_source_change_stream.idl, `DocumentSourceChangeStream::checkValueType` (8.0).
 *
 * @throws ServerError 50808, 40415, 14, 2, 50865, 260, and of a bad token
 */
export function parseChangeStream(spec: unknown): ChangeStreamSpec {
  if (!isDocument(spec)) {
    const given = typeNameOf(spec)
    throw new ServerError(
      50808,
      `$changeStream stage expects a document as argument: found ${given}`,
    )
  }
  for (const name of Object.keys(spec)) {
    if (KNOWN.has(name)) continue
    throw new ServerError(40415, `BSON field '$changeStream.${name}' is an unknown field.`)
  }
  for (const name of FLAGS) checkType(spec, name, 'bool')
  return {
    fullDocument: oneOf(spec, 'fullDocument', FULL_DOCUMENT),
    fullDocumentBeforeChange: oneOf(spec, 'fullDocumentBeforeChange', BEFORE_CHANGE),
    showExpandedEvents: spec['showExpandedEvents'] === true,
    allChangesForCluster: spec['allChangesForCluster'] === true,
    start: startOf(spec),
  }
}

function startOf(spec: Document): ChangeStreamSpec['start'] {
  const { resumeAfter, startAfter, startAtOperationTime } = spec
  const given = [resumeAfter, startAfter, startAtOperationTime].filter((one) => one !== undefined)
  if (given.length > 1) {
    throw new ServerError(
      50865,
      'Only one type of resume option is allowed, but multiple were found.',
    )
  }
  if (startAtOperationTime !== undefined) {
    checkType(spec, 'startAtOperationTime', 'timestamp')
    return { kind: 'time', time: startAtOperationTime as Timestamp }
  }
  const token = resumeAfter ?? startAfter
  if (token === undefined) return undefined
  checkType(spec, resumeAfter === undefined ? 'startAfter' : 'resumeAfter', 'object')
  const place = parseToken(token)
  if (place.isInvalidate && startAfter === undefined) {
    throw new ServerError(
      'InvalidResumeToken',
      "Attempting to resume a change stream using 'resumeAfter' is not allowed from an invalidate notification.",
    )
  }
  return { kind: 'token', place, token: token as Document }
}

function checkType(spec: Document, name: string, expected: 'bool' | 'object' | 'timestamp'): void {
  const value = spec[name]
  if (value === undefined || typeOf(value) === expected) return
  throw new ServerError(
    'TypeMismatch',
    `BSON field '$changeStream.${name}' is the wrong type '${typeNameOf(value)}', expected type '${expected}'`,
  )
}

function oneOf<T extends string>(spec: Document, name: string, values: readonly [T, ...T[]]): T {
  const given = spec[name]
  if (given === undefined) return values[0]
  const known = values.find((value) => value === given)
  if (known !== undefined) return known
  const shown = typeof given === 'string' ? given : canonicalText(given)
  throw new ServerError(
    'BadValue',
    `Enumeration value '${shown}' for field '$changeStream.${name}' is not a valid value.`,
  )
}
