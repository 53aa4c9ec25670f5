import { type Document, isDocument, typeNameOf } from '../../../bson/index.ts'
import { ServerError, type StageDescriptor } from '../../../engine/index.ts'
import type { Invocation } from '../../invocation.ts'
import { operationsOf, type ReportOptions } from '../../operation_report.ts'

/**
 * The error code for a value that is no boolean: two of them are looked at before all others, in
 * another place. Those without effect on one node are about shards, users and threads.
 */
const OPTIONS: ReadonlyMap<string, 'TypeMismatch' | 'FailedToParse'> = new Map([
  ['allUsers', 'TypeMismatch'],
  ['localOps', 'TypeMismatch'],
  ['backtrace', 'FailedToParse'],
  ['idleConnections', 'FailedToParse'],
  ['idleCursors', 'FailedToParse'],
  ['idleSessions', 'FailedToParse'],
  ['targetAllNodes', 'FailedToParse'],
  ['truncateOps', 'FailedToParse'],
])

/** What runs now. Source: document_source_current_op.cpp (8.0). */
export function currentOpStage(invocation: Invocation): StageDescriptor {
  return {
    name: '$currentOp',
    parse(spec) {
      checkTypes(spec)
      const { db, coll } = invocation.ns
      if (db !== 'admin' || coll !== '$cmd.aggregate') {
        throw new ServerError(
          'InvalidNamespace',
          "$currentOp must be run against the 'admin' database with {aggregate: 1}",
        )
      }
      const options = optionsOf(spec)
      return {
        source: {
          isCollectionless: true,
          allowedInTransaction: false,
          inApiVersion1: false,
          documents: () => operationsOf(invocation, options),
        },
        open: (input) => input,
      }
    },
  }
}

/** @throws ServerError 14. Source: `DocumentSourceCurrentOp::LiteParsed::parse` */
function checkTypes(spec: unknown): asserts spec is Document {
  if (!isDocument(spec)) {
    throw new ServerError(
      'TypeMismatch',
      `$currentOp options must be specified in an object, but found: ${typeNameOf(spec)}`,
    )
  }
  for (const [name, value] of Object.entries(spec)) {
    if (OPTIONS.get(name) === 'TypeMismatch') checkBoolean(name, value)
  }
}

function checkBoolean(name: string, value: unknown): void {
  if (typeof value === 'boolean') return
  throw new ServerError(
    OPTIONS.get(name) ?? 'FailedToParse',
    `The '${name}' parameter of the $currentOp stage must be a boolean value, but found: ${typeNameOf(value)}`,
  )
}

/** @throws ServerError 9. Source: `DocumentSourceCurrentOp::createFromBson` */
function optionsOf(spec: Document): ReportOptions {
  for (const [name, value] of Object.entries(spec)) {
    if (!OPTIONS.has(name)) {
      throw new ServerError('FailedToParse', `Unrecognized option '${name}' in $currentOp stage.`)
    }
    checkBoolean(name, value)
  }
  return {
    idleSessions: spec['idleSessions'] !== false,
    idleConnections: spec['idleConnections'] === true,
    idleCursors: spec['idleCursors'] === true,
    truncateOps: spec['truncateOps'] === true,
    ownOnly: spec['allUsers'] !== true,
  }
}
