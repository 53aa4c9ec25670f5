/** `$not`: none of the values at the path satisfies all of the operators inside. */
import { isDocument } from '../../../bson/index.ts'
import { ServerError } from '../../errors.ts'
import { asRegex } from '../../expression/index.ts'
import { and, not } from '../expression.ts'
import type { PathOperator } from '../operator.ts'
import { firstFieldName } from '../operator_document.ts'
import { regexLeaf } from './regex.ts'

export const $not = {
  name: '$not',
  parse({ path, operand, parser }) {
    const regex = asRegex(operand)
    if (regex !== undefined) return not(regexLeaf(path, regex))
    if (!isDocument(operand)) {
      throw new ServerError('BadValue', '$not needs a regex or a document')
    }
    if (firstFieldName(operand) === undefined) {
      throw new ServerError('BadValue', '$not cannot be empty')
    }
    return not(and(parser.parseOperators(path, operand)))
  },
} as const satisfies PathOperator
