import type { Document } from '../../bson/index.ts'
import {
  createIndexes as build,
  isSessionRecords,
  namespaceText,
  ServerError,
} from '../../engine/index.ts'
import type { Operation } from '../../sim/index.ts'
import type { CommandDescriptor } from '../descriptor.ts'
import { arrayOf, types } from '../fields.ts'
import type { Invocation } from '../invocation.ts'
import { refuseUnsupported } from '../unsupported.ts'

/** Source: create_indexes.idl, create_indexes_cmd.cpp (8.0). */
export const createIndexes = {
  name: 'createIndexes',
  target: 'collection',
  fields: {
    indexes: arrayOf(),
    v: types.safeInt,
    /** Asks how many members must be ready; the only one always is. */
    commitQuorum: types.any,
    ignoreUnknownIndexOptions: types.safeBool,
  },
  required: ['indexes'],
  allowedInTransaction: true,
  inApiVersion1: true,
  supportsWriteConcern: true,
  countsAsCommand: true,
  profiledAs: 'command',
  writes: true,
  creates: true,
  *run(invocation: Invocation): Operation<Document> {
    const { op, ns, command } = invocation
    const indexes = command['indexes'] as Document[]
    if (indexes.length === 0) {
      throw new ServerError('BadValue', 'Must specify at least one index to create')
    }
    refuseUnsupported(command, ['ignoreUnknownIndexOptions'])
    if (isSessionRecords(ns)) {
      const where = namespaceText(ns)
      throw new ServerError('NotImplemented', `Indexes on ${where} are not supported`)
    }
    const { before, after, createdAutomatically } = yield* build(op, ns, indexes)
    invocation.wrote = after > before && !invocation.inTransaction
    const reply: Document = {
      numIndexesBefore: before,
      numIndexesAfter: after,
      createdCollectionAutomatically: createdAutomatically,
    }
    if (after === before) reply['note'] = 'all indexes already exist'
    else if (!createdAutomatically) reply['commitQuorum'] = 'votingMembers'
    reply['ok'] = 1
    return reply
  },
} as const satisfies CommandDescriptor
