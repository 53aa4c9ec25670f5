import { canonicalText } from '../../bson/index.ts'
import { type IntegerArgument, integerArgument } from '../query/index.ts'

/** Source: `BSONElement::parseIntegerElementToNonNegativeLong`. */
export function nonNegativeArgument(name: string, given: unknown): IntegerArgument {
  const argument = integerArgument(name, given)
  if ('problem' in argument || argument.value >= 0) return argument
  return { problem: `Expected a non-negative number in: ${name}: ${canonicalText(given)}` }
}
