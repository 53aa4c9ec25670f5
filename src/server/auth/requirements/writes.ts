import { isDocument, isNumeric, numberToDouble } from '../../../bson/index.ts'
import type { Namespace } from '../../../engine/index.ts'
import { isTrue } from '../../truth.ts'
import type { Action } from '../roles/actions.ts'
import { type Asked, elementsOf, type Requirement } from './requirement.ts'

/** Source: `checkAuthForInsert` and its likes, authorization_checks.cpp (8.0). */
function mayWrite({ authorization, command }: Asked, ns: Namespace, actions: Action[]): boolean {
  if (isTrue(command['bypassDocumentValidation'])) actions.push('bypassDocumentValidation')
  return actions.every((action) => authorization.privileges.allowsOn(ns, action))
}

const isUpsert = (statement: unknown): boolean =>
  isDocument(statement) && isTrue(statement['upsert'])

export const inserts: Requirement = (asked) => mayWrite(asked, asked.ns, ['insert'])

export const removes: Requirement = (asked) => mayWrite(asked, asked.ns, ['remove'])

export const updates: Requirement = (asked) => {
  const mayInsert = elementsOf(asked.command['updates']).some(isUpsert)
  return mayWrite(asked, asked.ns, mayInsert ? ['update', 'insert'] : ['update'])
}

/** Source: find_and_modify.cpp (8.0). */
export const findsAndModifies: Requirement = (asked) => {
  const { command, ns } = asked
  if (isTrue(command['remove'])) return mayWrite(asked, ns, ['find', 'remove'])
  return mayWrite(asked, ns, isUpsert(command) ? ['find', 'update', 'insert'] : ['find', 'update'])
}

/** Each operation on the namespace that it names. Source: `getPrivileges`, bulk_write_common.cpp */
export const writesInBulk: Requirement = (asked) => {
  const namespaces = elementsOf(asked.command['nsInfo'])
  return elementsOf(asked.command['ops']).every((operation) => {
    if (!isDocument(operation)) return true
    const [kind = '', index] = Object.entries(operation)[0] ?? []
    const info = isNumeric(index) ? namespaces[numberToDouble(index)] : undefined
    if (!isDocument(info)) return true
    const ns = namespaceOf(info['ns'])
    if (kind === 'update') {
      return mayWrite(asked, ns, isUpsert(operation) ? ['update', 'insert'] : ['update'])
    }
    return mayWrite(asked, ns, [kind === 'insert' ? 'insert' : 'remove'])
  })
}

/** Who may insert may create, for an insert creates. Source: `checkAuthForCreate` */
export const creates: Requirement = ({ command, ns, authorization: { privileges } }) => {
  if (isTrue(command['capped']) && !privileges.allowsOn(ns, 'convertToCapped')) return false
  return privileges.allowsOn(ns, 'createCollection') || privileges.allowsOn(ns, 'insert')
}

/** Source: collection_to_capped.cpp (8.0). */
export const clonesAsCapped: Requirement = ({ command, ns, authorization: { privileges } }) => {
  const to = { db: ns.db, coll: String(command['toCollection']) }
  const needed = ['insert', 'createIndex', 'convertToCapped'] as const
  return (
    privileges.allowsOn(ns, 'find') && needed.every((action) => privileges.allowsOn(to, action))
  )
}

/** It names the collection in full. Source: dbcommands_d.cpp (8.0). */
export const measuresData: Requirement = ({ command, authorization: { privileges } }) =>
  privileges.allowsOn(namespaceOf(command['dataSize']), 'find')

/** Source: `checkAuthForRenameCollectionCommand`, rename_collection_common.cpp (8.0). */
export const renames: Requirement = ({ command, authorization: { privileges } }) => {
  const from = namespaceOf(command['renameCollection'])
  const to = namespaceOf(command['to'])
  const drops = command['dropTarget'] !== undefined && command['dropTarget'] !== false
  if (drops && !privileges.allowsOn(to, 'dropCollection')) return false
  const mayRead = privileges.allowsOn(from, 'find')
  if (from.db === to.db && privileges.allowsOnDatabase(from.db, 'renameCollectionSameDB')) {
    // Nobody shall be able to read by way of another name.
    if (mayRead || !privileges.allowsOn(to, 'find')) return true
  }
  return (
    mayRead &&
    privileges.allowsOn(from, 'dropCollection') &&
    privileges.allowsOn(to, 'insert') &&
    privileges.allowsOn(to, 'createIndex')
  )
}

/** To ask for the settings takes less than to change them. Source: profile_cmds.cpp (8.0). */
export const profiles: Requirement = ({ command, ns, authorization: { privileges } }) => {
  const asksOnly =
    isNumeric(command['profile']) &&
    numberToDouble(command['profile']) === -1 &&
    CHANGES.every((field) => command[field] === undefined)
  const mayAsk = privileges.allowsOn({ db: ns.db, coll: 'system.profile' }, 'find')
  return (asksOnly && mayAsk) || privileges.allowsOnDatabase(ns.db, 'enableProfiler')
}

const CHANGES = ['slowms', 'sampleRate', 'filter'] as const

function namespaceOf(given: unknown): Namespace {
  const text = typeof given === 'string' ? given : ''
  const dot = text.indexOf('.')
  return { db: text.slice(0, Math.max(dot, 0)), coll: text.slice(dot + 1) }
}
