import { type Document, isDocument, numberToDouble } from '../../../bson/index.ts'
import { type ExplainRequest, ServerError } from '../../../engine/index.ts'
import { collationOf } from '../../terms.ts'
import { isTrue } from '../../truth.ts'
import { refuseUnsupported } from '../../unsupported.ts'
import { countRequestOf } from '../count.ts'
import { distinctRequestOf } from '../distinct.ts'

/** A statement as explain takes it, but for whether it runs. */
export type Explained = Omit<ExplainRequest, 'executes'>

/** What each command that can be explained asks for. @throws ServerError of the command's fields */
export const EXPLAINED: ReadonlyMap<string, (command: Document) => Explained> = new Map([
  ['count', countOf],
  ['delete', deleteOf],
  ['distinct', distinctOf],
  ['find', findOf],
  ['findAndModify', findAndModifyOf],
  ['update', updateOf],
])

function findOf(command: Document): Explained {
  refuseUnsupported(command, ['min', 'max', 'returnKey', 'showRecordId'])
  return {
    kind: 'find',
    filter: documentOf(command['filter']) ?? {},
    sort: notEmpty(command['sort']),
    projection: notEmpty(command['projection']),
    skip: numberOf(command['skip']),
    limit: numberOf(command['limit']),
    batchSize: numberOf(command['batchSize']),
    hint: hintOf(command['hint']),
    collation: collationOf(command),
    mayBeExpress: true,
  }
}

function countOf(command: Document): Explained {
  const request = countRequestOf(command)
  return { ...request, kind: 'count', hint: hintOf(request.hint), mayBeExpress: false }
}

function distinctOf(command: Document): Explained {
  const { filter, hint, collation } = distinctRequestOf(command)
  return { kind: 'distinct', filter, hint: hintOf(hint), collation, mayBeExpress: false }
}

function updateOf(command: Document): Explained {
  const statement = onlyOne(command['updates'])
  const { q, u, multi, upsert, sort, hint, arrayFilters } = statement
  const isPlain = multi !== true && upsert !== true
  return {
    kind: 'update',
    filter: q as Document,
    update: u,
    arrayFilters: (arrayFilters ?? undefined) as Document[] | undefined,
    multi: multi === true,
    upsert: upsert === true,
    sort: notEmpty(sort),
    hint: hintOf(hint),
    collation: collationOf(statement),
    mayBeExpress: isPlain && sort === undefined && hint === undefined,
  }
}

function deleteOf(command: Document): Explained {
  const statement = onlyOne(command['deletes'])
  const { q, limit, hint } = statement
  const multi = numberToDouble(limit) === 0
  const mayBeExpress = !multi && hint === undefined
  const collation = collationOf(statement)
  return {
    kind: 'delete',
    filter: q as Document,
    multi,
    hint: hintOf(hint),
    collation,
    mayBeExpress,
  }
}

function findAndModifyOf(command: Document): Explained {
  const isRemove = isTrue(command['remove'])
  const common = {
    filter: documentOf(command['query']) ?? {},
    sort: notEmpty(command['sort']),
    hint: hintOf(command['hint']),
    collation: collationOf(command),
    mayBeExpress: false,
  }
  if (isRemove) return { ...common, kind: 'delete' }
  const upsert = isTrue(command['upsert'])
  return { ...common, kind: 'update', update: command['update'], upsert }
}

/** Source: `explain` of write_commands.cpp (8.0). */
function onlyOne(statements: unknown): Document {
  const [statement, ...others] = statements as readonly Document[]
  if (statement !== undefined && others.length === 0) return statement
  throw new ServerError('InvalidLength', 'explained write batches must be of size 1')
}

const documentOf = (given: unknown): Document | undefined => (isDocument(given) ? given : undefined)

function notEmpty(given: unknown): Document | undefined {
  return isDocument(given) && Object.keys(given).length > 0 ? given : undefined
}

const hintOf = (given: unknown): unknown => (typeof given === 'string' ? given : notEmpty(given))

function numberOf(given: unknown): number | undefined {
  return given === undefined || given === null ? undefined : Math.trunc(numberToDouble(given))
}
