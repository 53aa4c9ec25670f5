/**
 * `$elemMatch`: one element of the array satisfies everything at once. Two forms: over elements
 * that are documents (`{ $elemMatch: { sku: 'a', qty: { $gt: 5 } } }`), and over values
 * (`{ $elemMatch: { $gt: 5 } }`).
 */
import { type Document, isDocument } from '../../../bson/index.ts'
import { ServerError } from '../../errors.ts'
import { and, arrayLeaf, type Leaf } from '../expression.ts'
import type { PathOperator, PathOperatorArguments } from '../operator.ts'
import { firstFieldName, isOperatorDocument } from '../operator_document.ts'
import { compileElementTest, compilePredicate } from '../predicate.ts'
import { isTopLevelOperatorName } from './names.ts'

export const $elemMatch = {
  name: '$elemMatch',
  parse: (args) => elementMatch(args),
} as const satisfies PathOperator

export function elementMatch({ path, operand, parser }: PathOperatorArguments): Leaf {
  if (!isDocument(operand)) throw new ServerError('BadValue', '$elemMatch needs an Object')
  if (isValueForm(operand)) {
    const matches = compileElementTest(and(parser.parseOperators('', operand)))
    return arrayLeaf('$elemMatch', path, operand, (array) => array.some(matches))
  }
  const matches = compilePredicate(parser.parseElementFilter(operand))
  return arrayLeaf('$elemMatch', path, operand, (array) =>
    array.some((element) => {
      if (isDocument(element)) return matches(element)
      // To the server an array inside is a document whose fields are '0', '1', ...
      return Array.isArray(element) && matches({ ...element })
    }),
  )
}

/**
 * Operators come first, other than those that stand in the place of a field (`$or` and its kin).
 */
function isValueForm(operand: Document): boolean {
  return (
    isOperatorDocument(operand, { partialReferences: true }) &&
    !isTopLevelOperatorName(firstFieldName(operand))
  )
}
