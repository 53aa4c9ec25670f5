/**
 * From a filter to its tree. Which operator is known where, and what an unknown one is called, is
 * decided here; what an operator accepts is in its own file under `operators/`.
 *
 * Source of rules and messages: server, matcher/expression_parser.cpp.
 */
import { type Document, isDocument } from '../../bson/index.ts'
import type { ValueOrder } from '../collation/index.ts'
import { ServerError } from '../errors.ts'
import { asRegex, type ExpressionContext } from '../expression/index.ts'
import { and, type Expression } from './expression.ts'
import type { FilterParser } from './operator.ts'
import { isOperatorDocument } from './operator_document.ts'
import { equality } from './operators/equality.ts'
import { isPathOperatorName, isTopLevelOperatorName } from './operators/names.ts'
import { regexLeaf } from './operators/regex.ts'
import { PATH_OPERATORS, TOP_LEVEL_OPERATORS } from './operators/table.ts'

/** Nesting that a stored document may have, and so the longest path that can find anything. */
const PATH_DEPTH_MAX = 180

/** The tree of a whole filter. Throws the server's error where it would. */
export class TreeParser implements FilterParser {
  readonly order: ValueOrder
  /** Whether the tree holds what belongs to one command: its moment, its variables. */
  isBound = false
  readonly #expressions: ExpressionContext | undefined
  #isInElement = false

  /** @param expressions what `$expr` is compiled in; nothing: it is not allowed */
  constructor(expressions: ExpressionContext | undefined, order: ValueOrder) {
    this.#expressions = expressions
    this.order = order
  }

  parseFilter(filter: Document): Expression {
    const children: Expression[] = []
    for (const name in filter) {
      const value = filter[name]
      if (name.startsWith('$')) {
        const child = parseTopLevelOperator(name, value, this)
        if (child !== undefined) children.push(child)
      } else {
        parseField(name, value, children, this)
      }
    }
    return and(children)
  }

  parseElementFilter(filter: Document): Expression {
    const wasInElement = this.#isInElement
    this.#isInElement = true
    const expression = this.parseFilter(filter)
    this.#isInElement = wasInElement
    return expression
  }

  parseOperators(path: string, operators: Document): Expression[] {
    return parseOperators(path, operators, this)
  }

  computing(operator: string): ExpressionContext {
    if (this.#isInElement) {
      throw new ServerError('BadValue', `${operator} can only be applied to the top-level document`)
    }
    if (this.#expressions === undefined) {
      throw new ServerError('QueryFeatureNotAllowed', `${operator} is not allowed in this context`)
    }
    this.isBound = true
    return this.#expressions
  }
}

function parseTopLevelOperator(
  name: string,
  operand: unknown,
  parser: FilterParser,
): Expression | undefined {
  if (isTopLevelOperatorName(name)) return TOP_LEVEL_OPERATORS[name].parse(operand, parser)
  const hint =
    name === '$not'
      ? 'If you are trying to negate an entire expression, use $nor.'
      : "If you have a field name that starts with a '$' symbol, consider using $getField or $setField."
  throw new ServerError('BadValue', `unknown top level operator: ${name}. ${hint}`)
}

function parseField(
  path: string,
  value: unknown,
  children: Expression[],
  parser: FilterParser,
): void {
  if (path.length >= PATH_DEPTH_MAX && path.split('.').length > PATH_DEPTH_MAX) {
    throw new ServerError(5729100, 'FieldPath is too long')
  }
  if (isDocument(value) && isOperatorDocument(value)) {
    for (const child of parseOperators(path, value, parser)) children.push(child)
    return
  }
  const regex = asRegex(value)
  children.push(regex === undefined ? equality(path, value, parser.order) : regexLeaf(path, regex))
}

/** All operators under one field. */
function parseOperators(path: string, operators: Document, parser: FilterParser): Expression[] {
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
