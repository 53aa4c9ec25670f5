import { type Document, isDocument } from '../../bson/index.ts'
import {
  type DistinctRequest,
  distinct as distinctValues,
  ServerError,
} from '../../engine/index.ts'
import { type MaybeOperation, whenDone } from '../../sim/index.ts'
import { addReadTime } from '../cursors.ts'
import type { CommandDescriptor } from '../descriptor.ts'
import { types } from '../fields.ts'
import type { Invocation } from '../invocation.ts'
import { collationOf } from '../terms.ts'

/** Source: distinct_command.idl, distinct.cpp (8.0). */
export const distinct = {
  name: 'distinct',
  target: 'collection',
  secondaryAllowed: 'optIn',
  maintenanceOk: false,
  fields: {
    key: types.string,
    query: types.object,
    hint: types.hint,
    collation: types.object,
  },
  required: ['key'],
  allowedInTransaction: true,
  readConcernLevels: ['majority', 'linearizable', 'available', 'snapshot'],
  countsAsCommand: true,
  endsWithClient: true,
  profiledAs: 'command',
  run(invocation: Invocation): MaybeOperation<Document> {
    const { op, ns, command } = invocation
    const values = distinctValues(op, ns, distinctRequestOf(command))
    return whenDone(values, reply, invocation)
  },
} as const satisfies CommandDescriptor

function reply(values: unknown[], invocation: Invocation): Document {
  invocation.op.debug.nreturned = values.length
  const made: Document = { values }
  addReadTime(invocation, made)
  made['ok'] = 1
  return made
}

/** @throws ServerError 31032 */
export function distinctRequestOf(command: Document): DistinctRequest {
  const { key, query, hint } = command
  if ((key as string).includes('\0')) {
    throw new ServerError(31032, 'Key field cannot contain an embedded null byte')
  }
  return {
    key: key as string,
    filter: isDocument(query) ? query : {},
    hint,
    collation: collationOf(command),
  }
}
