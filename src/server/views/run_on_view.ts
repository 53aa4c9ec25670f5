import { type Document, isDocument, numberToDouble } from '../../bson/index.ts'
import {
  aggregate as aggregateDocuments,
  distinctValuesStage,
  isSameOrder,
  type Namespace,
  namespaceText,
  type OperationContext,
  orderOf,
  resolveView,
  ServerError,
  type ViewDefinition,
} from '../../engine/index.ts'
import { type MaybeOperation, whenDone } from '../../sim/index.ts'
import { aggregate, pipelineOf } from '../commands/aggregate.ts'
import { int64 } from '../count.ts'
import { Invocation } from '../invocation.ts'
import { collationOf } from '../terms.ts'
import { countAsPipeline } from './count_as_pipeline.ts'
import { findAsPipeline, sharedOptions } from './find_as_pipeline.ts'
import { notOnView } from './not_on_view.ts'

/** The aggregate command that takes the place of another command where its name is a view's. */
const AS_PIPELINE: Readonly<Record<string, (command: Document) => Document>> = {
  aggregate: (command) => command,
  count: countAsPipeline,
  find: findAsPipeline,
}

/** Commands to which a view is as good as a collection, or no matter. */
const AS_IT_IS: ReadonlySet<string> = new Set([
  'collMod',
  'create',
  'drop',
  'getMore',
  'killCursors',
  'planCacheClear',
])

/**
 * Runs a command that was sent to a view over the collection that the view stands on.
 *
 * @returns nothing for one that runs as it is
 * @throws ServerError 166 for one that is for collections only
 */
export function runOnView(
  invocation: Invocation,
  view: ViewDefinition,
): MaybeOperation<Document> | undefined {
  const { op, command, descriptor } = invocation
  const { name } = descriptor
  if (AS_IT_IS.has(name)) return undefined
  if (name === 'distinct') return distinctOn(invocation, view)
  const below = onFoundation(op, view, name, command)
  if (below === undefined) throw notOnView(view)
  const reply = aggregate.run(moved(invocation, view, below))
  return name === 'count' ? whenDone(reply, countReply, invocation) : reply
}

/** A command as an aggregate over a collection. */
export interface FoundationCommand {
  readonly ns: Namespace
  readonly command: Document
}

/** Nothing for a command that is none in a pipeline's words. */
export function onFoundation(
  op: OperationContext,
  view: ViewDefinition,
  name: string,
  command: Document,
): FoundationCommand | undefined {
  const asked = AS_PIPELINE[name]?.(command)
  return asked === undefined ? undefined : behindView(op, view, asked)
}

/** What is no pipeline stays as it is, for the command itself to complain. */
function behindView(
  op: OperationContext,
  view: ViewDefinition,
  asked: Document,
): FoundationCommand {
  const { ns, pipeline: viewed } = resolveView(op, view)
  const { pipeline } = asked
  if (!Array.isArray(pipeline)) return { ns, command: asked }
  const collation = collationOn(view, asked)
  return { ns, command: { ...asked, collation, pipeline: [...viewed, ...pipeline] } }
}

/**
 * A view has a collation of its own, whatever it stands on has.
 *
 * @throws ServerError 167 for another one
 */
function collationOn({ ns, document }: ViewDefinition, asked: Document): Document {
  const own = (document['collation'] ?? SIMPLE_COLLATION) as Document
  const given = collationOf(asked)
  if (given === undefined || isSameOrder(orderOf(given), orderOf(own))) return own
  throw new ServerError(
    'OptionNotSupportedOnView',
    `Cannot override a view's default collation: ${namespaceText(ns)}`,
  )
}

const SIMPLE_COLLATION: Document = { locale: 'simple' }

/** The same operation, elsewhere; its cursor has the view's name. */
function moved(
  invocation: Invocation,
  view: ViewDefinition,
  { ns, command }: FoundationCommand,
): Invocation {
  const { server, descriptor, marks, connection, op, options, session } = invocation
  const below = new Invocation(
    server,
    descriptor,
    command,
    marks,
    ns,
    connection,
    op,
    options,
    session,
  )
  below.readConcern = invocation.readConcern
  below.shownNs = view.ns
  return below
}

function countReply(reply: Document, { op }: Invocation): Document {
  const [counted] = (reply['cursor'] as Document)['firstBatch'] as Document[]
  op.debug.nreturned = 1
  return { n: int64(counted === undefined ? 0 : numberToDouble(counted['count'])), ok: 1 }
}

/** Source: distinct.cpp, which makes a pipeline of it, too (8.0). */
function distinctOn(invocation: Invocation, view: ViewDefinition): MaybeOperation<Document> {
  const { command, op } = invocation
  const { query, key } = command
  const pipeline = isDocument(query) ? [{ $match: query }] : []
  const asked = { ...sharedOptions(command), pipeline, cursor: {} }
  const below = moved(invocation, view, behindView(op, view, asked))
  const { stages, language } = pipelineOf(below, below.command)
  const distinct = { stages: [...stages, distinctValuesStage(key as string)], language }
  const batch = aggregateDocuments(op, below.ns, { pipeline: distinct, batchSize: 1 })
  return whenDone(batch, ({ documents }) => distinctReply(documents[0]), invocation)
}

function distinctReply(found: Document | undefined): Document {
  return { values: (found?.['values'] ?? []) as unknown[], ok: 1 }
}
