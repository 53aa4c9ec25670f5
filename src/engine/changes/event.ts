/**
 * From an entry of the change log to an event. Field order: `applyTransformation`,
 * change_stream_default_event_transform.cpp (8.0).
 */
import { Binary, Long } from 'bson'
import { canonicalText, type Document } from '../../bson/index.ts'
import { ServerError } from '../errors.ts'
import { type Change, type LoggedChange, namespaceOf, uuidOf } from './change.ts'
import { diffDocuments } from './diff.ts'
import type { ChangeStreamSpec } from './spec.ts'
import { UpdateDescription } from './update_description.ts'

/** Finds the document of a change as it is now; null where it is gone. */
export type LookUp = (change: Change & { readonly after: Document }) => Document | null

const EXPANDED_ONLY: ReadonlySet<string> = new Set([
  'create',
  'createIndexes',
  'dropIndexes',
  'modify',
])

/** Whether a stream shows such changes at all; those of views came with the expanded events. */
export function isShown({ change }: LoggedChange, spec: ChangeStreamSpec): boolean {
  if (spec.showExpandedEvents) return true
  if (EXPANDED_ONLY.has(change.kind)) return false
  return change.kind !== 'drop' || change.uuid !== undefined
}

/** @throws ServerError 47 where an image is required that was not kept */
export function eventOf(
  logged: LoggedChange,
  token: Document,
  spec: ChangeStreamSpec,
  lookUp: LookUp,
): Document {
  const { change } = logged
  const own = ownFields(logged, spec, lookUp)
  const event = eventHead(logged, token, own.operationType, spec.showExpandedEvents)
  if (own.fullDocument !== undefined) event['fullDocument'] = own.fullDocument
  const ns = namespaceOf(change)
  event['ns'] = change.kind === 'dropDatabase' ? { db: ns.db } : { db: ns.db, coll: ns.coll }
  Object.assign(event, own.others)
  if (own.lookedUp !== undefined) event['fullDocument'] = own.lookedUp
  const before = imageBefore(logged, spec)
  if (before !== undefined) event['fullDocumentBeforeChange'] = before
  return event
}

/** The last event of a stream whose collection, or database, is no more. */
export function invalidateEvent(
  logged: LoggedChange,
  token: Document,
  spec: ChangeStreamSpec,
): Document {
  return eventHead(logged, token, 'invalidate', spec.showExpandedEvents)
}

function eventHead(
  { time, wallMs, change, transaction }: LoggedChange,
  token: Document,
  operationType: string,
  expanded: boolean,
): Document {
  const event: Document = { _id: token, operationType, clusterTime: time }
  const uuid = uuidOf(change)
  if (expanded && uuid !== undefined) event['collectionUUID'] = new Binary(uuid, 4)
  event['wallTime'] = new Date(wallMs)
  if (transaction !== undefined) {
    event['txnNumber'] = Long.fromNumber(transaction.txnNumber)
    event['lsid'] = transaction.lsid
  }
  return event
}

interface OwnFields {
  readonly operationType: string
  /** Known from the change itself. */
  readonly fullDocument?: Document
  readonly others: Document
  /** Found elsewhere, at the end of the event. */
  readonly lookedUp?: Document | null
}

function ownFields(logged: LoggedChange, spec: ChangeStreamSpec, lookUp: LookUp): OwnFields {
  const { change } = logged
  switch (change.kind) {
    case 'insert':
      return {
        operationType: 'insert',
        fullDocument: change.after,
        others: { documentKey: { _id: change.after['_id'] } },
      }
    case 'delete':
      return {
        operationType: 'delete',
        others: { documentKey: { _id: change.before['_id'] } },
      }
    case 'update':
      return updateFields(change, logged, spec, lookUp)
    case 'rename': {
      const to = { db: change.to.db, coll: change.to.coll }
      if (!spec.showExpandedEvents) return { operationType: 'rename', others: { to } }
      const { dropTarget } = change
      const dropped = dropTarget === undefined ? {} : { dropTarget: new Binary(dropTarget, 4) }
      return { operationType: 'rename', others: { to, operationDescription: { to, ...dropped } } }
    }
    case 'create':
      return {
        operationType: 'create',
        others: { operationDescription: change.description ?? {} },
      }
    case 'createIndexes':
    case 'dropIndexes':
      return {
        operationType: change.kind,
        others: { operationDescription: { indexes: [change.spec] } },
      }
    case 'modify': {
      const { description: operationDescription, before } = change
      const state = before === undefined ? {} : { stateBeforeChange: before }
      return { operationType: 'modify', others: { operationDescription, ...state } }
    }
    case 'drop':
    case 'dropDatabase':
      return { operationType: change.kind, others: {} }
  }
}

function updateFields(
  change: Extract<Change, { kind: 'update' }>,
  logged: LoggedChange,
  spec: ChangeStreamSpec,
  lookUp: LookUp,
): OwnFields {
  const { before, after, how, applied } = change
  const documentKey = { _id: after['_id'] }
  const diff = how === 'pipeline' ? diffDocuments(before, after) : undefined
  if (how === 'replacement' || (how === 'pipeline' && diff === undefined)) {
    return { operationType: 'replace', fullDocument: after, others: { documentKey } }
  }
  const description = new UpdateDescription(before, after)
  if (diff === undefined) description.addPatches(applied?.patches ?? [])
  else description.addDiff(diff)
  const updateDescription = description.toDocument(spec.showExpandedEvents)
  const fields = { operationType: 'update', others: { documentKey, updateDescription } }
  switch (spec.fullDocument) {
    case 'default':
      return fields
    case 'updateLookup':
      return { ...fields, lookedUp: lookUp(change) }
    case 'whenAvailable':
      return { ...fields, lookedUp: keepsImages(change) ? after : null }
    case 'required':
      if (!keepsImages(change)) throw noImage('post-image', logged)
      return { ...fields, lookedUp: after }
  }
}

/** Nothing where none is asked for, or there can be none. */
function imageBefore(logged: LoggedChange, spec: ChangeStreamSpec): Document | null | undefined {
  const { change } = logged
  if (spec.fullDocumentBeforeChange === 'off') return undefined
  if (change.kind !== 'update' && change.kind !== 'delete') return undefined
  if (keepsImages(change)) return change.before
  if (spec.fullDocumentBeforeChange === 'required') throw noImage('pre-image', logged)
  return null
}

/** Whether the collection was told to keep its documents as they were and as they became. */
function keepsImages({ collection }: Extract<Change, { collection: unknown }>): boolean {
  return collection.options.changeStreamPreAndPostImages?.enabled === true
}

function noImage(which: 'post-image' | 'pre-image', { change, time }: LoggedChange): ServerError {
  const { db, coll } = namespaceOf(change)
  const what =
    which === 'post-image' ? 'all update events' : 'all update, delete, and replace events'
  return new ServerError(
    'NoMatchingDocument',
    `Change stream was configured to require a ${which} for ${what}, but the ${which} was not found for event: ${canonicalText({ clusterTime: time, ns: { db, coll } })}`,
  )
}
