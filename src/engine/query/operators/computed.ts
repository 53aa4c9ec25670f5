/** Conditions that are computed from the whole document: `$expr`, `$sampleRate`. */
import { canonicalText, isNumeric, numberToDouble } from '../../../bson/index.ts'
import { ServerError } from '../../errors.ts'
import { isTrue } from '../../expression/index.ts'
import type { TopLevelOperator } from '../operator.ts'

/** Source: `parseExpr`, expression_parser.cpp. */
export const $expr = {
  name: '$expr',
  parse(operand, parser) {
    const expression = parser.computing('$expr').compile(operand)
    return { kind: 'computed', test: (document) => isTrue(expression(document)) }
  },
} as const satisfies TopLevelOperator

/** Lets through so many of all documents, by chance. Source: `parseSampleRate`. */
export const $sampleRate = {
  name: '$sampleRate',
  parse(operand, parser) {
    if (!isNumeric(operand)) {
      throw new ServerError('BadValue', 'argument to $sampleRate must be a numeric type')
    }
    const rate = numberToDouble(operand)
    if (!(rate >= 0 && rate <= 1)) {
      throw new ServerError(
        'BadValue',
        `numeric argument to $sampleRate must be in [0, 1], but got ${canonicalText(operand)}`,
      )
    }
    const { runtime } = parser.computing('$sampleRate')
    return { kind: 'computed', test: () => runtime.random() < rate }
  },
} as const satisfies TopLevelOperator
