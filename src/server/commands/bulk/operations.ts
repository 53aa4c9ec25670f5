import { type Document, numberToDouble } from '../../../bson/index.ts'
import { checkNamespace, type Namespace, ServerError } from '../../../engine/index.ts'
import { checkDocumentFields, fieldTable, types } from '../../fields.ts'

/** One entry of `ops`: what it does is the name of its first field, where is that field's value. */
export interface BulkOperation {
  readonly kind: 'insert' | 'update' | 'delete'
  readonly ns: Namespace
  readonly given: Document
}

/** Server: BulkWriteInsertOp, BulkWriteUpdateOp, BulkWriteDeleteOp, bulk_write.idl (8.0). */
const TABLES = {
  insert: fieldTable(
    { insert: types.notNegative, document: types.object },
    { required: ['insert', 'document'] },
  ),
  update: fieldTable(
    {
      update: types.notNegative,
      filter: types.object,
      sort: types.object,
      multi: types.bool,
      updateMods: types.updateModification,
      upsert: types.bool,
      arrayFilters: types.array,
      hint: types.hint,
      constants: types.object,
      collation: types.object,
    },
    { required: ['update', 'filter', 'updateMods'] },
  ),
  delete: fieldTable(
    {
      delete: types.notNegative,
      filter: types.object,
      multi: types.bool,
      hint: types.hint,
      collation: types.object,
    },
    { required: ['delete', 'filter'] },
  ),
} as const

/** The operations of a command, each with its namespace. @throws ServerError 40415, 40414, 14, 2 */
export function parseOperations(command: Document): BulkOperation[] {
  const namespaces = (command['nsInfo'] as readonly Document[]).map(namespaceOf)
  return (command['ops'] as readonly Document[]).map((given, index) => {
    const kind = kindOf(given)
    checkDocumentFields(given, 'bulkWrite.ops', TABLES[kind])
    const ns = namespaces[numberToDouble(given[kind])]
    if (ns !== undefined) return { kind, ns, given }
    throw new ServerError('BadValue', `BulkWrite ops entry ${index} has an invalid nsInfo index.`)
  })
}

function kindOf(given: Document): BulkOperation['kind'] {
  const [name = ''] = Object.keys(given)
  if (name === 'insert' || name === 'update' || name === 'delete') return name
  throw new ServerError(40415, `BSON field 'bulkWrite.ops.${name}' is an unknown field.`)
}

function namespaceOf(info: Document): Namespace {
  const text = info['ns'] as string
  const dot = text.indexOf('.')
  const ns = { db: text.slice(0, Math.max(dot, 0)), coll: dot < 0 ? '' : text.slice(dot + 1) }
  if (dot < 1) throw new ServerError('InvalidNamespace', `Invalid namespace specified '${text}'`)
  checkNamespace(ns)
  return ns
}
