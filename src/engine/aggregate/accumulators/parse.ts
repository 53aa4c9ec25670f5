import type { Document } from '../../../bson/index.ts'
import { isDocument } from '../../../bson/index.ts'
import { ServerError } from '../../errors.ts'
import type { ExpressionContext } from '../../expression/index.ts'
import type { Accumulation } from './accumulator.ts'
import { ACCUMULATORS } from './table.ts'

/** A field of a group: what to add up, and how. */
export interface AccumulatedField extends Accumulation {
  readonly name: string
}

/** Source: `AccumulationStatement::parseAccumulationStatement` (8.0). @throws ServerError */
export function parseAccumulated(
  name: string,
  given: unknown,
  expressions: ExpressionContext,
): AccumulatedField {
  const operators = isDocument(given) ? Object.keys(given) : []
  const [operator] = operators
  if (operator === undefined || !operator.startsWith('$')) {
    throw new ServerError(40234, `The field '${name}' must be an accumulator object`)
  }
  if (name.includes('.')) {
    throw new ServerError(40235, `The field name '${name}' cannot contain '.'`)
  }
  if (name.startsWith('$')) {
    throw new ServerError(40236, `The field name '${name}' cannot be an operator name`)
  }
  if (operators.length > 1) {
    throw new ServerError(40238, `The field '${name}' must specify one accumulator`)
  }
  const kind = ACCUMULATORS.get(operator)
  if (kind === undefined) throw notAnAccumulator(operator)
  return { name, ...kind.parse((given as Document)[operator], expressions) }
}

function notAnAccumulator(operator: string): ServerError {
  // Users' own JavaScript does not run here.
  return operator === '$accumulator'
    ? new ServerError('NotImplemented', `the accumulator ${operator} is not supported`)
    : new ServerError(15952, `unknown group operator '${operator}'`)
}
