import { isDocument } from '../../bson/index.ts'
import { ServerError } from '../errors.ts'
import type { ExpressionContext } from '../expression/index.ts'
import { checkInner, checkPlaces, type PlaceOptions } from './check_places.ts'
import { UNSUPPORTED_STAGES } from './names.ts'
import type { ParseContext, Pipeline, Reach, Stage, StageDescriptor } from './stage.ts'
import { STAGES } from './stages/table.ts'

export interface PipelineOptions extends StageOptions, PlaceOptions {}

interface StageOptions {
  readonly expressions: ExpressionContext
  readonly reach?: Reach | undefined
  /** Stages that whoever runs the pipeline brings along. */
  readonly stages?: ReadonlyMap<string, StageDescriptor> | undefined
}

/** Server: `internalPipelineLengthLimit`. */
const STAGES_MAX = 1_000

/**
 * Parses the stages, and looks whether they may stand where they stand. Source: pipeline.cpp,
 * `validateTopLevelPipeline` and `LiteParsedPipeline` (8.0).
 *
 * @throws ServerError 14, 40323, 40324, 40601, 40602, 73, 263, 323, 238, and those of each stage
 */
export function parsePipeline(given: unknown, options: PipelineOptions): Stage[] {
  if (!Array.isArray(given)) {
    throw new ServerError('TypeMismatch', "'pipeline' option must be specified as an array")
  }
  const stages = parseStages(given, options)
  checkPlaces(stages, options)
  return stages
}

/** The stages as such, wherever they stand. */
export function parseStages(given: readonly unknown[], options: StageOptions): Stage[] {
  if (given.length > STAGES_MAX) {
    throw new ServerError(7749501, `Pipeline length must be no longer than ${STAGES_MAX} stages`)
  }
  const context = new StageContext(options)
  return given.map((spec) => parseStage(spec, options, context))
}

class StageContext implements ParseContext {
  readonly expressions: ExpressionContext
  readonly reach: Reach | undefined
  readonly #options: StageOptions

  constructor(options: StageOptions) {
    this.expressions = options.expressions
    this.reach = options.reach
    this.#options = options
  }

  inner(given: unknown, stage: string, expressions = this.expressions): Pipeline {
    if (!Array.isArray(given)) {
      throw new ServerError('TypeMismatch', "'pipeline' option must be specified as an array")
    }
    // What asks the server has no place in a pipeline within another.
    const stages = parseStages(given, { ...this.#options, stages: undefined, expressions })
    checkInner(stages, stage)
    return { stages, language: expressions }
  }
}

function parseStage(given: unknown, { stages }: StageOptions, context: ParseContext): Stage {
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
  const descriptor = STAGES.get(name) ?? stages?.get(name)
  const spec = given[name]
  if (descriptor !== undefined) return { ...descriptor.parse(spec, context), name, spec }
  throw UNSUPPORTED_STAGES.has(name)
    ? new ServerError('NotImplemented', `the stage ${name} is not supported yet`)
    : new ServerError(40324, `Unrecognized pipeline stage name: '${name}'`)
}
