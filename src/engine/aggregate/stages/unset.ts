import { ServerError } from '../../errors.ts'
import { MapFlow } from '../map_flow.ts'
import type { StageDescriptor } from '../stage.ts'
import { projectionOf } from './project.ts'

/** Source: document_source_project.cpp, `buildExclusionProjectionSpecification` (8.0). */
export const unset: StageDescriptor = {
  name: '$unset',
  parse(spec, { expressions }) {
    const fields = fieldsOf(spec)
    const exclusion = Object.fromEntries(fields.map((field) => [field, 0]))
    const transform = projectionOf('$unset', exclusion, expressions)
    return { transform, open: (input) => new MapFlow(input, transform) }
  },
}

function fieldsOf(spec: unknown): string[] {
  if (typeof spec === 'string') return [spec]
  if (!Array.isArray(spec)) {
    throw new ServerError(31002, '$unset specification must be a string or an array')
  }
  if (spec.length === 0) {
    throw new ServerError(
      31119,
      '$unset specification must be a string or an array with at least one field',
    )
  }
  if (spec.every((field) => typeof field === 'string')) return spec
  throw new ServerError(
    31120,
    '$unset specification must be a string or an array containing only string values',
  )
}
