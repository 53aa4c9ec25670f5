/**
 * `$all`: each of several values (or each of several `$elemMatch`) is found. An AND in disguise.
 */
import { isDocument } from '../../../bson/index.ts'
import type { ValueOrder } from '../../collation/index.ts'
import { ServerError } from '../../errors.ts'
import { asRegex } from '../../expression/index.ts'
import { and, type Expression } from '../expression.ts'
import type { PathOperator, PathOperatorArguments } from '../operator.ts'
import { firstFieldName } from '../operator_document.ts'
import { elementMatch } from './elem_match.ts'
import { equality } from './equality.ts'
import { isPathKeyword } from './names.ts'
import { regexLeaf } from './regex.ts'

export const $all = {
  name: '$all',
  parse(args) {
    const { path, operand } = args
    if (!Array.isArray(operand)) throw new ServerError('BadValue', '$all needs an array')
    const values: readonly unknown[] = operand
    if (values.length === 0) return { kind: 'constant', value: false }
    if (isElemMatch(values[0])) return and(values.map((value) => parseElemMatch(value, args)))
    return and(values.map((value) => parseValue(path, value, args.parser.order)))
  },
} as const satisfies PathOperator

function isElemMatch(value: unknown): value is { $elemMatch: unknown } {
  return isDocument(value) && firstFieldName(value) === '$elemMatch'
}

function parseElemMatch(value: unknown, args: PathOperatorArguments): Expression {
  if (!isElemMatch(value)) {
    throw new ServerError('BadValue', '$all/$elemMatch has to be consistent')
  }
  return elementMatch({ ...args, operand: value.$elemMatch })
}

function parseValue(path: string, value: unknown, order: ValueOrder): Expression {
  const regex = asRegex(value)
  if (regex !== undefined) return regexLeaf(path, regex)
  if (isDocument(value) && isPathKeyword(firstFieldName(value))) {
    throw new ServerError('BadValue', 'no $ expressions in $all')
  }
  return equality(path, value, order)
}
