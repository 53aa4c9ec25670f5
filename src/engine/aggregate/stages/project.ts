import { type Document, isDocument } from '../../../bson/index.ts'
import { ServerError } from '../../errors.ts'
import type { ExpressionContext } from '../../expression/index.ts'
import { compileStageProjection, type Projection } from '../../query/index.ts'
import { MapFlow } from '../map_flow.ts'
import type { StageDescriptor } from '../stage.ts'

/** Which fields stay, go, or are computed. Source: document_source_project.cpp (8.0). */
export const project: StageDescriptor = {
  name: '$project',
  parse(spec, { expressions }) {
    if (!isDocument(spec)) {
      throw new ServerError(15969, '$project specification must be an object')
    }
    const transform = projectionOf('$project', spec, expressions)
    return { transform, open: (input) => new MapFlow(input, transform) }
  },
}

/**
 * The fields that a stage names, compiled.
 *
 * @param stage whose specification it is, for messages
 * @throws ServerError 51272 and those of projections
 */
export function projectionOf(
  stage: string,
  spec: Document,
  expressions: ExpressionContext,
): Projection {
  return inStage(stage, () => {
    if (Object.keys(spec).length === 0) {
      throw new ServerError(51272, 'projection specification must have at least one field')
    }
    return compileStageProjection(spec, expressions)
  })
}

const NOT_IMPLEMENTED = 238

/** What goes wrong in a specification is told with the stage's name before it. */
export function inStage<T>(stage: string, compile: () => T): T {
  try {
    return compile()
  } catch (error) {
    if (!(error instanceof ServerError) || error.code === NOT_IMPLEMENTED) throw error
    throw new ServerError(error.code, `Invalid ${stage} :: caused by :: ${error.message}`)
  }
}
