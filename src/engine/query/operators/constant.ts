/** Operators in the place of a field that say nothing about any field, or name one. */
import { ServerError } from '../../errors.ts'
import type { Expression } from '../expression.ts'
import { integerArgument } from '../integer_argument.ts'
import type { TopLevelOperator } from '../operator.ts'
import { equality } from './equality.ts'

/** For logs and the profiler; matching ignores it. */
export const $comment = {
  name: '$comment',
  parse: () => undefined,
} as const satisfies TopLevelOperator

export const $alwaysTrue = {
  name: '$alwaysTrue',
  parse: (operand) => constant('$alwaysTrue', operand, true),
} as const satisfies TopLevelOperator

export const $alwaysFalse = {
  name: '$alwaysFalse',
  parse: (operand) => constant('$alwaysFalse', operand, false),
} as const satisfies TopLevelOperator

function constant(name: string, operand: unknown, value: boolean): Expression {
  const one = integerArgument(name, operand)
  if ('problem' in one) throw new ServerError('FailedToParse', one.problem)
  if (one.value !== 1) {
    throw new ServerError('FailedToParse', `${name} must be an integer value of 1`)
  }
  return { kind: 'constant', value }
}

/** The fields of a DBRef may be asked for by name, though they look like operators. */
function referenceField(name: '$ref' | '$id' | '$db'): TopLevelOperator {
  return { name, parse: (operand, { order }) => equality(name, operand, order) }
}

export const $ref: TopLevelOperator = referenceField('$ref')
export const $id: TopLevelOperator = referenceField('$id')
export const $db: TopLevelOperator = referenceField('$db')
