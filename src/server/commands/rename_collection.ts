import { type Document, typeOf } from '../../bson/index.ts'
import {
  findView,
  type Namespace,
  namespaceText,
  type OperationContext,
  renameCollection as renameNow,
  ServerError,
} from '../../engine/index.ts'
import type { Operation } from '../../sim/index.ts'
import type { CommandDescriptor } from '../descriptor.ts'
import { types } from '../fields.ts'
import type { Invocation } from '../invocation.ts'
import { refuseUnsupported } from '../unsupported.ts'

/** Source: rename_collection.idl, rename_collection_cmd.cpp (8.0). */
export const renameCollection = {
  name: 'renameCollection',
  target: 'database',
  fields: {
    to: types.string,
    /** Or the UUID that the target must have. */
    dropTarget: types.any,
    stayTemp: types.bool,
    collectionUUID: types.binData,
  },
  required: ['to'],
  adminOnly: true,
  supportsWriteConcern: true,
  countsAsCommand: true,
  profiledAs: 'command',
  writes: true,
  *run(invocation: Invocation): Operation<Document> {
    const { op, command } = invocation
    refuseUnsupported(command, ['collectionUUID'])
    const from = namespaceOf('source', command['renameCollection'])
    const to = namespaceOf('target', command['to'])
    checkNoViews(op, from, to)
    yield* renameNow(op, { from, to, dropTarget: dropTargetOf(command['dropTarget']) })
    invocation.wrote = true
    return { ok: 1 }
  },
} as const satisfies CommandDescriptor

/** @throws ServerError 166, 48. Source: rename_collection.cpp (8.0) */
function checkNoViews(op: OperationContext, from: Namespace, to: Namespace): void {
  if (findView(op, from) !== undefined) {
    throw new ServerError('CommandNotSupportedOnView', `cannot rename view: ${namespaceText(from)}`)
  }
  if (findView(op, to) !== undefined) {
    throw new ServerError(
      'NamespaceExists',
      `a view already exists with that name: ${namespaceText(to)}`,
    )
  }
}

function namespaceOf(which: string, given: unknown): Namespace {
  if (typeof given !== 'string') {
    throw new ServerError(
      'TypeMismatch',
      `BSON field 'renameCollection.renameCollection' is the wrong type '${typeOf(given)}', expected type 'string'`,
    )
  }
  const dot = given.indexOf('.')
  if (dot > 0 && dot < given.length - 1) {
    return { db: given.slice(0, dot), coll: given.slice(dot + 1) }
  }
  throw new ServerError('InvalidNamespace', `Invalid ${which} namespace: ${given}`)
}

function dropTargetOf(given: unknown): boolean {
  if (given === undefined || given === null) return false
  if (typeof given === 'boolean') return given
  if (typeOf(given) === 'binData') {
    throw new ServerError('NotImplemented', "Option 'dropTarget' with a UUID is not supported")
  }
  throw new ServerError(
    'TypeMismatch',
    `BSON field 'renameCollection.dropTarget' is the wrong type '${typeOf(given)}', expected types '[bool, binData]'`,
  )
}
