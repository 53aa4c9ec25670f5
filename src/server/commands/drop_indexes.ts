import { canonicalText, type Document, equalValues, isDocument } from '../../bson/index.ts'
import {
  type Collection,
  dropIndexes as drop,
  type Index,
  isClustered,
  namespaceText,
  ServerError,
} from '../../engine/index.ts'
import type { Operation } from '../../sim/index.ts'
import type { CommandDescriptor } from '../descriptor.ts'
import { types } from '../fields.ts'
import type { Invocation } from '../invocation.ts'

/** Source: drop_indexes.idl, drop_indexes.cpp (8.0). */
export const dropIndexes = {
  name: 'dropIndexes',
  aliases: ['deleteIndexes'],
  target: 'collection',
  fields: { index: types.any },
  required: ['index'],
  inApiVersion1: true,
  supportsWriteConcern: true,
  countsAsCommand: true,
  profiledAs: 'command',
  writes: true,
  *run(invocation: Invocation): Operation<Document> {
    const { op, ns, command, server } = invocation
    const collection = server.services.catalog.latest(ns.db, ns.coll)
    if (collection === undefined) {
      throw new ServerError('NamespaceNotFound', `ns not found ${namespaceText(ns)}`)
    }
    const which = resolve(collection, command['index'])
    const { nIndexesWas } = yield* drop(op, ns, which)
    invocation.wrote = true
    if (which !== '*') return { nIndexesWas, ok: 1 }
    return { nIndexesWas, msg: 'non-_id indexes dropped for collection', ok: 1 }
  },
} as const satisfies CommandDescriptor

function resolve(collection: Collection, given: unknown): '*' | Index[] {
  if (given === '*') return '*'
  if (typeof given === 'string') return [byName(collection, given)]
  if (isDocument(given)) return [byPattern(collection, given)]
  if (Array.isArray(given) && given.every((name) => typeof name === 'string')) {
    return given.map((name) => byName(collection, name))
  }
  throw new ServerError(
    'TypeMismatch',
    "BSON field 'dropIndexes.index' must be a string, an array of strings or an object",
  )
}

function byName(collection: Collection, name: string): Index {
  const index = collection.indexes.find((one) => one.name === name)
  if (index !== undefined) return droppable(index)
  throw new ServerError('IndexNotFound', `index not found with name [${name}]`)
}

function byPattern(collection: Collection, pattern: Document): Index {
  const index = collection.indexes.find((one) => equalValues(one.pattern, pattern))
  if (index !== undefined) return droppable(index)
  throw new ServerError('IndexNotFound', `can't find index with key: ${canonicalText(pattern)}`)
}

function droppable(index: Index): Index {
  if (!index.isId) return index
  if (isClustered(index.spec)) {
    throw new ServerError(5979800, 'It is illegal to drop the clusteredIndex')
  }
  throw new ServerError('InvalidOptions', 'cannot drop _id index')
}
