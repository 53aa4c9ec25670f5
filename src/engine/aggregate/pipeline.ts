import { isDocument } from '../../bson/index.ts'
import { ServerError } from '../errors.ts'
import type { Flow } from './flow.ts'
import { STAGE_NAMES } from './names.ts'
import type { ParseContext, Stage, StageDescriptor } from './stage.ts'
import { STAGES } from './stages/table.ts'

export interface PipelineOptions extends StageOptions {
  /** `{ aggregate: 1 }`: the documents come from the first stage. */
  readonly isCollectionless: boolean
  readonly inTransaction: boolean
  /** Whether the client wants the stable API, version 1, and nothing else. */
  readonly isApiStrict: boolean
}

interface StageOptions extends ParseContext {
  /** Stages that whoever runs the pipeline brings along. */
  readonly stages?: ReadonlyMap<string, StageDescriptor>
}

/** Server: `internalPipelineLengthLimit`. */
const STAGES_MAX = 1_000

/**
 * Parses the stages, and looks whether they may stand where they stand. Source: pipeline.cpp,
 * `validateTopLevelPipeline` and `LiteParsedPipeline` (8.0).
 *
 * @throws ServerError 14, 40323, 40324, 40602, 73, 263, 323, 238, and those of each stage
 */
export function parsePipeline(given: unknown, options: PipelineOptions): Stage[] {
  if (!Array.isArray(given)) {
    throw new ServerError('TypeMismatch', "'pipeline' option must be specified as an array")
  }
  if (given.length > STAGES_MAX) {
    throw new ServerError(7749501, `Pipeline length must be no longer than ${STAGES_MAX} stages`)
  }
  const stages = parseStages(given, options)
  checkPlaces(stages, options)
  return stages
}

/** The stages as such, wherever they stand. */
export function parseStages(given: readonly unknown[], options: StageOptions): Stage[] {
  return given.map((spec) => parseStage(spec, options))
}

function parseStage(given: unknown, options: StageOptions): Stage {
  if (!isDocument(given)) {
    throw new ServerError('TypeMismatch', "Each element of the 'pipeline' array must be an object")
  }
  const [name, ...others] = Object.keys(given)
  if (name === undefined || others.length > 0) {
    throw new ServerError(
      40323,
      'A pipeline stage specification object must contain exactly one field.',
    )
  }
  const descriptor = STAGES.get(name) ?? options.stages?.get(name)
  const spec = given[name]
  if (descriptor !== undefined) return { ...descriptor.parse(spec, options), name, spec }
  throw STAGE_NAMES.has(name)
    ? new ServerError('NotImplemented', `the stage ${name} is not supported yet`)
    : new ServerError(40324, `Unrecognized pipeline stage name: '${name}'`)
}

function checkPlaces(stages: readonly Stage[], options: PipelineOptions): void {
  const { isCollectionless, inTransaction, isApiStrict } = options
  const [first, ...others] = stages
  if (isCollectionless) checkCollectionless(first)
  else if (first?.source?.isCollectionless === true) {
    throw invalidNamespace(`'${first.name}' can only be run with {aggregate: 1}`)
  }
  for (const { name, source } of others) {
    if (source === undefined) continue
    throw new ServerError(40602, `${name} is only valid as the first stage in a pipeline`)
  }
  if (isApiStrict && first?.source?.inApiVersion1 === false) {
    throw new ServerError(
      'APIStrictError',
      `stage ${first.name} is not allowed with 'apiStrict: true' in API Version 1`,
    )
  }
  if (!inTransaction || first?.source === undefined || first.source.allowedInTransaction) return
  throw new ServerError(
    'OperationNotSupportedInTransaction',
    `Stage not supported inside of a multi-document transaction: ${first.name}`,
  )
}

function checkCollectionless(first: Stage | undefined): void {
  if (first === undefined) {
    throw invalidNamespace('{aggregate: 1} is not valid for an empty pipeline.')
  }
  const { isCollectionless = false } = first.source ?? {}
  if (isCollectionless !== false) return
  throw invalidNamespace(
    `{aggregate: 1} is not valid for '${first.name}'; a collection is required.`,
  )
}

const invalidNamespace = (message: string): ServerError =>
  new ServerError('InvalidNamespace', message)

/** Chains stages behind what comes in. */
export function openFlow(stages: readonly Stage[], input: Flow): Flow {
  return stages.reduce((flow, stage) => stage.open(flow), input)
}
