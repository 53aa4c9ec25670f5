import { type Document, isDocument, typeNameOf } from '../../bson/index.ts'
import {
  checkNamespace,
  explain as explainStatement,
  findView,
  type Namespace,
  type OperationContext,
  preparePipeline,
  ServerError,
} from '../../engine/index.ts'
import type { Operation } from '../../sim/index.ts'
import { COLLECTIONLESS, collectionlessOf } from '../collectionless.ts'
import type { CommandDescriptor } from '../descriptor.ts'
import { checkFields, types } from '../fields.ts'
import type { Invocation } from '../invocation.ts'
import type { RegisteredCommand } from '../registered_command.ts'
import { collationOf, declareLet } from '../terms.ts'
import { notOnView } from '../views/not_on_view.ts'
import { onFoundation } from '../views/run_on_view.ts'
import { explainPipeline } from './explained/pipeline.ts'
import { explainReply, explanationOf, VERBOSITIES, type Verbosity } from './explained/reply.ts'
import { EXPLAINED } from './explained/requests.ts'

/**
 * Tells by which plan a command would run and, from `executionStats` on, what that plan did when it
 * was run without writing. Source: explain.idl, explain_cmd.cpp (8.0).
 *
 * @param find a command by name: the table holds this one too
 */
export function explain(
  find: (name: string) => RegisteredCommand | undefined,
): CommandDescriptor & { readonly name: 'explain' } {
  return {
    name: 'explain',
    target: 'database',
    secondaryAllowed: 'optIn',
    maintenanceOk: false,
    fields: { verbosity: types.string },
    inApiVersion1: true,
    readConcernLevels: ['majority', 'linearizable', 'available'],
    countsAsCommand: true,
    endsWithClient: true,
    profiledAs: 'command',
    run: (invocation) => run(invocation, find),
  }
}

function* run(
  invocation: Invocation,
  find: (name: string) => RegisteredCommand | undefined,
): Operation<Document> {
  const { op, command } = invocation
  const verbosity = verbosityOf(command['verbosity'])
  const inner = command['explain']
  if (!isDocument(inner)) {
    throw new ServerError(
      'TypeMismatch',
      `BSON field 'explain.explain' is the wrong type '${typeNameOf(inner)}', expected type 'object'`,
    )
  }
  const descriptor = innerCommand(inner, invocation.ns.db, find)
  const named = namespaceOf(inner, descriptor, invocation.ns.db)
  const { ns, asked } = belowViews(op, named, descriptor, inner)
  declareLet(invocation, asked)
  if (descriptor.name === 'aggregate' || ns !== named) {
    const pipeline = preparePipeline(op, ns, {
      pipeline: asked['pipeline'],
      collation: collationOf(asked),
      isCollectionless: ns.coll === COLLECTIONLESS,
      isApiStrict: command['apiStrict'] === true,
    })
    const options = { hint: asked['hint'], verbosity }
    return explainReply(
      invocation,
      yield* explainPipeline(invocation, ns, pipeline, options),
      inner,
    )
  }
  const request = {
    ...EXPLAINED.get(descriptor.name)!(inner),
    executes: verbosity !== 'queryPlanner',
  }
  const explanation = yield* explainStatement(op, ns, request)
  return explainReply(invocation, explanationOf(ns, explanation, verbosity), inner)
}

/** On a view, the pipeline over its collection is explained. @throws ServerError 166 */
function belowViews(
  op: OperationContext,
  named: Namespace,
  { name }: RegisteredCommand,
  inner: Document,
): { readonly ns: Namespace; readonly asked: Document } {
  const view = findView(op, named)
  if (view === undefined) return { ns: named, asked: inner }
  const below = onFoundation(op, view, name, inner)
  if (below === undefined) throw notOnView(view)
  return { ns: below.ns, asked: below.command }
}

/** All of it, unless less is asked for. */
function verbosityOf(given: unknown): Verbosity {
  if (given === undefined || given === null) return 'allPlansExecution'
  const verbosity = VERBOSITIES.find((one) => one === given)
  if (verbosity !== undefined) return verbosity
  throw new ServerError(
    'BadValue',
    `Enumeration value '${given}' for field 'explain.verbosity' is not a valid value.`,
  )
}

/** @throws ServerError 59, 73, 20, and those of the command's fields */
function innerCommand(
  inner: Document,
  db: string,
  find: (name: string) => RegisteredCommand | undefined,
): RegisteredCommand {
  const [name = ''] = Object.keys(inner)
  const descriptor = find(name)
  if (descriptor === undefined) {
    throw new ServerError('CommandNotFound', `Explain failed due to unknown command: ${name}`)
  }
  const innerDb = inner['$db']
  if (innerDb !== undefined && innerDb !== db) {
    throw new ServerError(
      'InvalidNamespace',
      `Mismatched $db in explain command. Expected ${db} but got ${innerDb}`,
    )
  }
  if (descriptor.name !== 'aggregate' && !EXPLAINED.has(descriptor.name)) {
    throw new ServerError('IllegalOperation', `Cannot explain cmd: ${descriptor.name}`)
  }
  checkFields(inner, descriptor.name, descriptor.table)
  return descriptor
}

function namespaceOf(inner: Document, { target }: RegisteredCommand, db: string): Namespace {
  const [name = ''] = Object.keys(inner)
  const given = inner[name]
  if (typeof given !== 'string') {
    if (target === 'pipeline') return { db, coll: collectionlessOf(name, given) }
    throw new ServerError('BadValue', `collection name has invalid type ${typeNameOf(given)}`)
  }
  const ns = { db, coll: given }
  checkNamespace(ns)
  return ns
}
