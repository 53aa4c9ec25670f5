import fc from 'fast-check'
import type { OperationClient, OperationSession } from '../client/index.ts'
import type { GeneratorActor } from '../explore/index.ts'
import type { Operation } from '../sim/index.ts'

/** What a transaction does to documents `{ _id, group, n }`, by `_id` or by a predicate. */
export type DocumentOperation =
  | { readonly kind: 'insert'; readonly group: number }
  | { readonly kind: 'find'; readonly group: number }
  | { readonly kind: 'increment'; readonly id: number }
  | { readonly kind: 'updateMany'; readonly group: number }
  | { readonly kind: 'deleteMany'; readonly group: number }

/** Inserts, finds, updates and deletes that meet in two groups. */
export function documentOperations(): fc.Arbitrary<DocumentOperation> {
  const group = fc.nat(1)
  const onGroup = fc.constantFrom('find', 'insert', 'updateMany', 'deleteMany')
  return fc.oneof(
    fc.record({ kind: onGroup, group }),
    fc.record({ kind: fc.constant('increment'), id: fc.nat(1) }),
  )
}

/**
 * Actors for `explore`, one for each session: each does its operations in a transaction.
 *
 * @param perform does one operation
 */
export function actorsOf<Op>(
  sessions: readonly (readonly Op[])[],
  perform: (client: OperationClient, op: Op, session: OperationSession) => Operation<unknown>,
): Record<string, GeneratorActor<unknown>> {
  const actors: Record<string, GeneratorActor<unknown>> = {}
  for (const [at, operations] of sessions.entries()) {
    actors[`session${at + 1}`] = function* (client) {
      const session = client.startSession()
      session.startTransaction()
      for (const op of operations) yield* perform(client, op, session)
      yield* session.commitTransaction()
      yield* session.endSession()
    }
  }
  return actors
}

/** Does a `DocumentOperation` to the collection `documents`. */
export function* performDocument(
  client: OperationClient,
  op: DocumentOperation,
  session: OperationSession,
): Operation<void> {
  const documents = client.db().collection<{ _id?: number; group: number; n: number }>('documents')
  const touch = { $inc: { n: 1 } }
  switch (op.kind) {
    case 'insert':
      yield* documents.insertOne({ group: op.group, n: 0 } as never, { session })
      return
    case 'find':
      yield* documents.find({ group: op.group }, { session }).toArray()
      return
    case 'increment':
      yield* documents.updateOne({ _id: op.id }, touch, { session })
      return
    case 'updateMany':
      yield* documents.updateMany({ group: op.group }, touch, { session })
      return
    case 'deleteMany':
      yield* documents.deleteMany({ group: op.group }, { session })
  }
}
