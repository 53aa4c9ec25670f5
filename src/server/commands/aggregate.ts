import { type Document, isDocument, numberToDouble } from '../../bson/index.ts'
import {
  aggregate as aggregateDocuments,
  type Batch,
  type Pipeline,
  preparePipeline,
  ServerError,
} from '../../engine/index.ts'
import { type MaybeOperation, type Operation, whenDone } from '../../sim/index.ts'
import { COLLECTIONLESS } from '../collectionless.ts'
import { firstBatchReply } from '../cursors.ts'
import type { CommandDescriptor } from '../descriptor.ts'
import { checkDocumentFields, type FieldRule, fieldTable, types } from '../fields.ts'
import type { Invocation } from '../invocation.ts'
import { collationOf, declareLet } from '../terms.ts'
import { explainPipeline } from './explained/pipeline.ts'
import { explainReply } from './explained/reply.ts'
import { serverStages } from './stages/table.ts'

/** Server: `aggregation_request_helper::kDefaultBatchSize`. */
const FIRST_BATCH_DOCUMENTS = 101

const mustBe = (rule: FieldRule, message: string): FieldRule => ({
  ...rule,
  refuse: () => new ServerError('TypeMismatch', message),
})

/** Source: aggregate_command.idl, pipeline_command.cpp (8.0). */
export const aggregate = {
  name: 'aggregate',
  target: 'pipeline',
  secondaryAllowed: 'optIn',
  maintenanceOk: false,
  fields: {
    pipeline: types.any,
    explain: mustBe(types.bool, 'explain must be a boolean'),
    allowDiskUse: types.bool,
    cursor: mustBe(types.object, 'cursor field must be missing or an object'),
    bypassDocumentValidation: types.safeBool,
    collation: types.object,
    hint: types.hint,
    let: types.object,
  },
  required: ['pipeline'],
  allowedInTransaction: true,
  inApiVersion1: true,
  readConcernLevels: ['majority', 'linearizable', 'available', 'snapshot'],
  supportsWriteConcern: true,
  endsWithClient: true,
  profiledAs: 'command',
  run(invocation: Invocation): MaybeOperation<Document> {
    const { op, ns, command, server } = invocation
    // A pipeline counts as a query, since 7.1.
    server.services.metrics.opcounters.query++
    if (command['cursor'] === undefined && command['explain'] === undefined) {
      throw new ServerError(
        'FailedToParse',
        "The 'cursor' option is required, except for aggregate with the explain argument",
      )
    }
    const batchSize = batchSizeOf(command)
    const pipeline = pipelineOf(invocation, command)
    if (command['explain'] === true) return explained(invocation, pipeline)
    const last = pipeline.stages.at(-1)
    const isWriting = last?.output !== undefined
    checkConcerns(invocation, isWriting ? last.name : undefined)
    const batch = aggregateDocuments(op, ns, { pipeline, batchSize, hint: command['hint'] })
    return whenDone(batch, isWriting ? writtenReply : firstBatchReply, invocation)
  },
} as const satisfies CommandDescriptor

/** Nothing comes back but that it is done. */
function writtenReply(batch: Batch, invocation: Invocation): Document {
  invocation.wrote = true
  return firstBatchReply(batch, invocation)
}

/**
 * Only a pipeline that writes has a write concern, and it can't be linearizable.
 * Source: `aggSupportsWriteConcern`, document_source_out.cpp (8.0)
 *
 * @param writer the name of the stage that writes
 */
function checkConcerns({ command }: Invocation, writer: string | undefined): void {
  if (writer === undefined) {
    if (command['writeConcern'] === undefined) return
    throw new ServerError('InvalidOptions', 'Command does not support writeConcern')
  }
  const { readConcern } = command
  if (!isDocument(readConcern) || readConcern['level'] !== 'linearizable') return
  throw new ServerError(
    'InvalidOptions',
    `${writer} cannot be used with a 'linearizable' read concern level`,
  )
}

function* explained(invocation: Invocation, pipeline: Pipeline): Operation<Document> {
  const { ns, command } = invocation
  const options = { hint: command['hint'], verbosity: 'queryPlanner' } as const
  return explainReply(
    invocation,
    yield* explainPipeline(invocation, ns, pipeline, options),
    command,
  )
}

/** The pipeline of a command, parsed. @throws ServerError of its stages */
export function pipelineOf(invocation: Invocation, command: Document): Pipeline {
  const { ns, op } = invocation
  declareLet(invocation)
  return preparePipeline(op, ns, {
    pipeline: command['pipeline'],
    collation: collationOf(command),
    isCollectionless: ns.coll === COLLECTIONLESS,
    isApiStrict: command['apiStrict'] === true,
    stages: serverStages(invocation),
  })
}

const CURSOR_FIELDS = fieldTable({ batchSize: types.notNegative })

function batchSizeOf({ cursor }: Document): number {
  if (!isDocument(cursor)) return FIRST_BATCH_DOCUMENTS
  checkDocumentFields(cursor, 'cursor', CURSOR_FIELDS)
  const { batchSize } = cursor
  if (batchSize === undefined || batchSize === null) return FIRST_BATCH_DOCUMENTS
  return Math.trunc(numberToDouble(batchSize))
}
