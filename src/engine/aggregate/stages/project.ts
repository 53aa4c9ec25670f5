import { type Document, isDocument, isNumeric } from '../../../bson/index.ts'
import { invariant } from '../../../invariant.ts'
import { ServerError } from '../../errors.ts'
import type { ExpressionContext } from '../../expression/index.ts'
import { compileProjection, type Projection } from '../../query/index.ts'
import { MapFlow } from '../map_flow.ts'
import type { StageDescriptor } from '../stage.ts'

/** Which fields stay, or go. Source: document_source_project.cpp (8.0). */
export const project: StageDescriptor = {
  name: '$project',
  parse(spec, { expressions }) {
    if (!isDocument(spec)) {
      throw new ServerError(15969, '$project specification must be an object')
    }
    const projection = projectionOf('$project', spec, expressions)
    return { open: (input) => new MapFlow(input, projection) }
  },
}

/**
 * The fields that a stage names, compiled.
 *
 * @param stage whose specification it is, for messages
 * @throws ServerError 51272 and those of `compileProjection`; 238 for computed fields
 */
export function projectionOf(
  stage: string,
  spec: Document,
  expressions: ExpressionContext,
): Projection {
  try {
    if (Object.keys(spec).length === 0) {
      throw new ServerError(51272, 'projection specification must have at least one field')
    }
    refuseComputed(spec, expressions)
    const projection = compileProjection(spec)
    invariant(projection !== undefined, 'a projection of some field is one')
    return projection
  } catch (error) {
    if (!(error instanceof ServerError) || error.code === NOT_IMPLEMENTED) throw error
    throw new ServerError(error.code, `Invalid ${stage} :: caused by :: ${error.message}`)
  }
}

const NOT_IMPLEMENTED = 238

/** `$slice` and `$elemMatch` of a find are something else here, or nothing. */
function refuseComputed(spec: Document, expressions: ExpressionContext): void {
  for (const [name, value] of Object.entries(spec)) {
    if (typeof value === 'boolean' || isNumeric(value)) continue
    if (isDocument(value) && !Object.keys(value)[0]?.startsWith('$')) {
      refuseComputed(value, expressions)
      continue
    }
    expressions.compile(value)
    throw new ServerError(
      'NotImplemented',
      `computed fields in $project are not supported yet: ${name}`,
    )
  }
}
