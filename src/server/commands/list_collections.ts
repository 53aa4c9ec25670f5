import { Binary } from 'bson'
import { type Document, isDocument, numberToDouble } from '../../bson/index.ts'
import { type Collection, type ViewDefinition, viewsOf } from '../../engine/index.ts'
import { listReply } from '../cursors.ts'
import type { CommandDescriptor } from '../descriptor.ts'
import { types } from '../fields.ts'
import type { Invocation } from '../invocation.ts'
import { isTrue } from '../truth.ts'

/** Source: list_collections.cpp, list_collections.idl (8.0). */
export const listCollections = {
  name: 'listCollections',
  target: 'database',
  secondaryAllowed: 'optIn',
  maintenanceOk: false,
  fields: {
    cursor: types.object,
    filter: types.object,
    nameOnly: types.safeBool,
    authorizedCollections: types.safeBool,
  },
  inApiVersion1: true,
  countsAsCommand: true,
  run(invocation: Invocation): Document {
    const { op, ns, command, server, connection } = invocation
    const { catalog, filters } = server.services
    const filter = isDocument(command['filter']) ? filters.compile(command['filter']) : undefined
    const isNameOnly = isTrue(command['nameOnly'])
    const describe = isNameOnly ? nameOf : describeCollection
    const { isEnforced, privileges } = connection.authorization
    const isModest = isEnforced && isTrue(command['authorizedCollections'])
    const visible = catalog
      .collections(ns.db)
      .filter((one) => !isModest || privileges.allowsSomethingOn(one.ns))
    const views = viewsOf(op, ns.db).filter(
      (one) => !isModest || privileges.allowsSomethingOn(one.ns),
    )
    const all = [...visible.map(describe), ...views.map(isNameOnly ? nameOfView : describeView)]
    const matching = filter === undefined ? all : all.filter((one) => filter.matches(one))
    const cursorNs = { db: ns.db, coll: '$cmd.listCollections' }
    return listReply(invocation, cursorNs, matching, batchSizeOf(command))
  },
} as const satisfies CommandDescriptor

function nameOf({ ns }: Collection): Document {
  return { name: ns.coll, type: 'collection' }
}

const UUID_SUBTYPE = 4

function describeCollection(collection: Collection): Document {
  const described = {
    name: collection.ns.coll,
    type: 'collection',
    options: { ...collection.options },
    info: { readOnly: false, uuid: new Binary(collection.uuid, UUID_SUBTYPE) },
  }
  if (collection.options.clusteredIndex !== undefined) return described
  return { ...described, idIndex: collection.idIndex.spec.document }
}

function nameOfView({ ns }: ViewDefinition): Document {
  return { name: ns.coll, type: 'view' }
}

function describeView({ ns, viewOn, pipeline }: ViewDefinition): Document {
  return { name: ns.coll, type: 'view', options: { viewOn, pipeline }, info: { readOnly: true } }
}

/** `cursor.batchSize` of a command that lists things. */
export function batchSizeOf(command: Document): number | undefined {
  const { cursor } = command
  const size = isDocument(cursor) ? cursor['batchSize'] : undefined
  return size === undefined || size === null ? undefined : Math.trunc(numberToDouble(size))
}
