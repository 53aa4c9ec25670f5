import { type Document, equalValues, isDocument, numberToDouble } from '../../bson/index.ts'
import {
  type FindRequest,
  find as findDocuments,
  type KeyLimits,
  ServerError,
  type Tail,
} from '../../engine/index.ts'
import { type MaybeOperation, whenDone } from '../../sim/index.ts'
import { firstBatchReply } from '../cursors.ts'
import type { CommandDescriptor } from '../descriptor.ts'
import { type FieldRule, marked, RARE_MARK, types } from '../fields.ts'
import type { Invocation } from '../invocation.ts'
import { collationOf, declareLet } from '../terms.ts'
import { isTrue } from '../truth.ts'

const rare = (rule: FieldRule): FieldRule => marked(rule, RARE_MARK)

/** Source: find_command.idl (8.0). */
export const find = {
  name: 'find',
  target: 'collection',
  secondaryAllowed: 'optIn',
  maintenanceOk: false,
  fields: {
    filter: types.insistedObject,
    projection: types.insistedObject,
    sort: types.insistedObject,
    hint: types.hint,
    collation: rare(types.insistedObject),
    skip: types.notNegative,
    limit: types.notNegative,
    batchSize: types.notNegative,
    singleBatch: types.safeBool,
    allowDiskUse: types.safeBool,
    min: rare(types.insistedObject),
    max: rare(types.insistedObject),
    returnKey: rare(types.safeBool),
    showRecordId: rare(types.safeBool),
    tailable: rare(types.safeBool),
    oplogReplay: types.bool,
    noCursorTimeout: types.safeBool,
    awaitData: rare(types.safeBool),
    allowPartialResults: types.safeBool,
    let: rare(types.object),
  },
  allowedInTransaction: true,
  inApiVersion1: true,
  readConcernLevels: ['majority', 'linearizable', 'available', 'snapshot'],
  endsWithClient: true,
  profiledAs: 'query',
  run(invocation: Invocation): MaybeOperation<Document> {
    const { op, ns, server } = invocation
    server.services.metrics.opcounters.query++
    const request = requestOf(invocation.command)
    if ((invocation.marks & RARE_MARK) !== 0) addRare(invocation, request)
    const batch = findDocuments(op, ns, request)
    return whenDone(batch, firstBatchReply, invocation)
  },
} as const satisfies CommandDescriptor

type RareRequest = FindRequest & {
  tail?: Tail | undefined
  collation?: Document | undefined
  limits?: KeyLimits | undefined
  returns?: 'key' | 'recordId' | undefined
}

/** What most finds do without. @throws ServerError 2, 9, 72, 51176 */
function addRare(invocation: Invocation, request: RareRequest): void {
  const { command } = invocation
  request.limits = limitsOf(command)
  request.returns = returnsOf(command)
  request.tail = tailOf(invocation)
  request.collation = collationOf(command)
  declareLet(invocation)
}

/** Source: `validateFindCommandRequest` of query_request_helper.cpp (8.0). */
function limitsOf(command: Document): KeyLimits | undefined {
  const min = notEmpty(command['min'] as Document | undefined)
  const max = notEmpty(command['max'] as Document | undefined)
  if (min === undefined && max === undefined) return undefined
  if (min !== undefined && max !== undefined) {
    const names = Object.keys(max)
    const isSame = Object.keys(min).every((name, i) => name === names[i])
    if (!isSame || Object.keys(min).length !== names.length) {
      throw new ServerError(51176, 'min and max must have the same field names')
    }
  }
  return { min, max }
}

/** Who asks for the key gets nothing else. */
function returnsOf(command: Document): 'key' | 'recordId' | undefined {
  if (isTrue(command['returnKey'])) return 'key'
  return isTrue(command['showRecordId']) ? 'recordId' : undefined
}

/** Source: query_request_helper.cpp, tailable_mode.cpp, find_cmd.cpp (8.0). */
function tailOf({ command, inTransaction }: Invocation): Tail | undefined {
  const awaitsData = isTrue(command['awaitData'])
  if (!isTrue(command['tailable'])) {
    if (!awaitsData) return undefined
    throw new ServerError('FailedToParse', "Cannot set 'awaitData' without also setting 'tailable'")
  }
  const { sort } = command
  if (isDocument(sort) && Object.keys(sort).length > 0 && !equalValues(sort, NATURAL)) {
    throw new ServerError(
      'BadValue',
      'cannot use tailable option with a sort other than {$natural: 1}',
    )
  }
  if (isTrue(command['singleBatch'])) {
    throw new ServerError('BadValue', "cannot use tailable option with the 'singleBatch' option")
  }
  if (inTransaction) {
    throw new ServerError(
      'InvalidOptions',
      'It is illegal to open a tailable cursor in a transaction',
    )
  }
  return awaitsData ? 'awaitData' : 'tailable'
}

const NATURAL: Document = { $natural: 1 }

function requestOf(command: Document): FindRequest {
  return {
    filter: (command['filter'] as Document | undefined) ?? {},
    sort: notEmpty(command['sort'] as Document | undefined),
    projection: notEmpty(command['projection'] as Document | undefined),
    skip: numberField(command['skip']),
    limit: numberField(command['limit']),
    batchSize: numberField(command['batchSize']),
    singleBatch: isTrue(command['singleBatch']),
    hint: command['hint'],
  }
}

/** An empty document says nothing. */
function notEmpty(document: Document | undefined): Document | undefined {
  for (const _ in document) return document
  return undefined
}

function numberField(value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined
  return typeof value === 'number' ? Math.trunc(value) : Math.trunc(numberToDouble(value))
}
