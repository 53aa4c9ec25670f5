import { type Document, isDocument, isNumeric, numberToDouble } from '../../bson/index.ts'
import { type CountRequest, count as countDocuments, ServerError } from '../../engine/index.ts'
import { type MaybeOperation, whenDone } from '../../sim/index.ts'
import { int64 } from '../count.ts'
import type { CommandDescriptor } from '../descriptor.ts'
import { types } from '../fields.ts'
import type { Invocation } from '../invocation.ts'
import { collationOf } from '../terms.ts'

/** Source: count_command.idl, count_cmd.cpp (8.0). */
export const count = {
  name: 'count',
  target: 'collection',
  secondaryAllowed: 'optIn',
  maintenanceOk: false,
  fields: {
    query: types.object,
    limit: types.any,
    skip: types.any,
    hint: types.hint,
    collation: types.object,
    /** Sent by old shells, and ignored by the server. */
    fields: types.object,
  },
  inApiVersion1: true,
  readConcernLevels: ['majority', 'linearizable', 'available'],
  countsAsCommand: true,
  endsWithClient: true,
  profiledAs: 'command',
  run(invocation: Invocation): MaybeOperation<Document> {
    const { op, ns, command } = invocation
    const n = countDocuments(op, ns, countRequestOf(command))
    return whenDone(n, reply, invocation)
  },
} as const satisfies CommandDescriptor

function reply(n: number, { op }: Invocation): Document {
  // The one reply counts as one document returned; server: `kNReturned`, count_cmd.cpp.
  op.debug.nreturned = 1
  return { n: int64(n), ok: 1 }
}

/** @throws ServerError 2 for a limit or skip that is none */
export function countRequestOf(command: Document): CountRequest {
  const { query, hint } = command
  return {
    filter: isDocument(query) ? query : {},
    skip: skipOf(command['skip']),
    limit: limitOf(command['limit']),
    hint,
    collation: collationOf(command),
  }
}

const INT64_MIN = -(2 ** 63)

/** A negative limit means the same as a positive one. Source: count_request.cpp (8.0). */
function limitOf(given: unknown): number {
  if (given === undefined || given === null) return 0
  if (!isNumeric(given)) throw new ServerError('BadValue', 'limit value is not a valid number')
  const limit = Math.trunc(numberToDouble(given))
  if (limit > INT64_MIN) return Math.abs(limit)
  throw new ServerError('BadValue', 'limit value for count cannot be min long')
}

function skipOf(given: unknown): number {
  if (given === undefined || given === null) return 0
  if (!isNumeric(given)) throw new ServerError('BadValue', 'skip value is not a valid number')
  const skip = Math.trunc(numberToDouble(given))
  if (skip >= 0) return skip
  throw new ServerError('BadValue', 'skip value is negative in count query')
}
