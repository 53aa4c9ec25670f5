/**
 * From a filter to its tree. Which operator is known where, and what an unknown one is called, is
 * decided here; what an operator accepts is in its own file under `operators/`.
 *
 * Source of rules and messages: server, matcher/expression_parser.cpp.
 */
import { type Document, isDocument } from '../../bson/index.ts'
import { ServerError } from '../errors.ts'
import { asRegex } from '../expression/index.ts'
import { and, type Expression } from './expression.ts'
import type { FilterParser } from './operator.ts'
import { isOperatorDocument } from './operator_document.ts'
import { equality } from './operators/equality.ts'
import { isPathOperatorName, isTopLevelOperatorName } from './operators/names.ts'
import { regexLeaf } from './operators/regex.ts'
import { PATH_OPERATORS, TOP_LEVEL_OPERATORS } from './operators/table.ts'

/** Nesting that a stored document may have, and so the longest path that can find anything. */
const PATH_DEPTH_MAX = 180

const parser: FilterParser = { parseFilter, parseOperators }

/** The tree of a whole filter. Throws the server's error where it would. */
export function parseFilter(filter: Document): Expression {
  const children: Expression[] = []
  for (const name in filter) {
    const value = filter[name]
    if (name.startsWith('$')) {
      const child = parseTopLevelOperator(name, value)
      if (child !== undefined) children.push(child)
    } else {
      parseField(name, value, children)
    }
  }
  return and(children)
}

function parseTopLevelOperator(name: string, operand: unknown): Expression | undefined {
  if (isTopLevelOperatorName(name)) return TOP_LEVEL_OPERATORS[name].parse(operand, parser)
  const hint =
    name === '$not'
      ? 'If you are trying to negate an entire expression, use $nor.'
      : "If you have a field name that starts with a '$' symbol, consider using $getField or $setField."
  throw new ServerError('BadValue', `unknown top level operator: ${name}. ${hint}`)
}

function parseField(path: string, value: unknown, children: Expression[]): void {
  if (path.length >= PATH_DEPTH_MAX && path.split('.').length > PATH_DEPTH_MAX) {
    throw new ServerError(5729100, 'FieldPath is too long')
  }
  if (isDocument(value) && isOperatorDocument(value)) {
    for (const child of parseOperators(path, value)) children.push(child)
    return
  }
  const regex = asRegex(value)
  children.push(regex === undefined ? equality(path, value) : regexLeaf(path, regex))
}

/** All operators under one field. */
function parseOperators(path: string, operators: Document): Expression[] {
  const children: Expression[] = []
  for (const name in operators) {
    if (!isPathOperatorName(name)) {
      throw new ServerError(
        'BadValue',
        name === '$where' ? '$where cannot be applied to a field' : `unknown operator: ${name}`,
      )
    }
    const operand = operators[name]
    const child = PATH_OPERATORS[name].parse({ path, operand, siblings: operators, parser })
    if (child !== undefined) children.push(child)
  }
  return children
}
