import { isDocument, typeNameOf } from '../../../bson/index.ts'
import { ServerError, type StageDescriptor } from '../../../engine/index.ts'
import type { Invocation } from '../../invocation.ts'
import { operationsOf } from '../../operation_report.ts'

/** Of these, only `idleSessions` makes a difference on one node with nobody authenticated. */
const OPTIONS: ReadonlySet<string> = new Set([
  'allUsers',
  'backtrace',
  'idleConnections',
  'idleCursors',
  'idleSessions',
  'localOps',
  'targetAllNodes',
  'truncateOps',
])

/** What runs now. Source: document_source_current_op.cpp (8.0). */
export function currentOpStage(invocation: Invocation): StageDescriptor {
  return {
    name: '$currentOp',
    parse(spec) {
      const idleSessions = idleSessionsOf(spec)
      const { db, coll } = invocation.ns
      if (db !== 'admin' || coll !== '$cmd.aggregate') {
        throw new ServerError(
          'InvalidNamespace',
          "$currentOp must be run against the 'admin' database with {aggregate: 1}",
        )
      }
      return {
        source: {
          isCollectionless: true,
          allowedInTransaction: false,
          inApiVersion1: false,
          documents: () => operationsOf(invocation, { idleSessions }),
        },
        open: (input) => input,
      }
    },
  }
}

function idleSessionsOf(spec: unknown): boolean {
  if (!isDocument(spec)) {
    throw new ServerError(
      'FailedToParse',
      `$currentOp options must be specified in an object, but found: ${typeNameOf(spec)}`,
    )
  }
  for (const [name, value] of Object.entries(spec)) {
    if (!OPTIONS.has(name)) {
      throw new ServerError('FailedToParse', `Unrecognized option '${name}' in $currentOp stage.`)
    }
    if (typeof value === 'boolean') continue
    throw new ServerError(
      'FailedToParse',
      `The '${name}' parameter of the $currentOp stage must be a boolean value, but found: ${typeNameOf(value)}`,
    )
  }
  for (const name of ['idleConnections', 'idleCursors', 'backtrace']) {
    if (spec[name] !== true) continue
    throw new ServerError('NotImplemented', `$currentOp with ${name} is not supported yet`)
  }
  return spec['idleSessions'] !== false
}
