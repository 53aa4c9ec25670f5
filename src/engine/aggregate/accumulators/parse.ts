import type { Document } from '../../../bson/index.ts'
import { isDocument } from '../../../bson/index.ts'
import { ServerError } from '../../errors.ts'
import type { Expression, ExpressionContext } from '../../expression/index.ts'
import { ACCUMULATOR_NAMES } from '../names.ts'
import type { Accumulator } from './accumulator.ts'
import { ACCUMULATORS } from './table.ts'

/** A field of a group: what to add up, and how. */
export interface AccumulatedField {
  readonly name: string
  readonly argument: Expression
  make(): Accumulator
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
  const make = ACCUMULATORS.get(operator)
  if (make === undefined) throw notAnAccumulator(operator)
  return { name, argument: argumentOf(operator, (given as Document)[operator], expressions), make }
}

function argumentOf(operator: string, given: unknown, expressions: ExpressionContext): Expression {
  if (operator === '$count') {
    if (isDocument(given) && Object.keys(given).length === 0) return () => 1
    throw new ServerError('TypeMismatch', '$count takes no arguments, i.e. $count:{}')
  }
  if (Array.isArray(given)) {
    throw new ServerError(40237, `The ${operator} accumulator is a unary operator`)
  }
  return expressions.compile(given)
}

function notAnAccumulator(operator: string): ServerError {
  return ACCUMULATOR_NAMES.has(operator)
    ? new ServerError('NotImplemented', `the accumulator ${operator} is not supported yet`)
    : new ServerError(15952, `unknown group operator '${operator}'`)
}
