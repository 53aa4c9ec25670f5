/**
 * From an expression as users write it to a function of a document.
 *
 * `'$a.b'` is a path, `'$$now'` a variable, `{ $add: [...] }` an operator, other documents and
 * arrays are made of what is in them, and everything else stands for itself.
 */
import { canonicalText, type Document, fieldOf, isDocument, withField } from '../../bson/index.ts'
import { ServerError } from '../errors.ts'
import type { ExpressionContext, Variable } from './context.ts'
import { parseFieldPath } from './field_path.ts'
import { UNSUPPORTED_NAMES } from './names.ts'
import { OPERATORS } from './operators/table.ts'
import { systemVariable } from './system_variables.ts'

/** Gives the value for a document; undefined where there is none. */
export type Expression = (document: Document) => unknown

/**
 * Compiles an expression. Constants in it must not change any more: they are not copied.
 *
 * @throws ServerError 168 unknown operator, 15983, 17276 unknown variable, 16872 and the codes of
 *   field paths and of each operator; 238 for what is not built yet
 */
export function compileExpression(given: unknown, context: ExpressionContext): Expression {
  if (typeof given === 'string') return compileText(given, context)
  if (Array.isArray(given)) return compileArray(given, context)
  return isDocument(given) ? compileObject(given, context) : () => given
}

function compileText(text: string, context: ExpressionContext): Expression {
  if (!text.startsWith('$')) return () => text
  if (text.startsWith('$$')) return compileVariable(text.slice(2), context)
  if (text === '$') {
    throw new ServerError(16872, "'$' by itself is not a valid FieldPath")
  }
  const parts = parseFieldPath(text.slice(1))
  if (!context.hasDocument) throw noDocument()
  return context.current === undefined ? pathOf(parts) : pathIn(context.current, parts)
}

function compileVariable(text: string, context: ExpressionContext): Expression {
  const dot = text.indexOf('.')
  const name = dot < 0 ? text : text.slice(0, dot)
  const parts = dot < 0 ? undefined : parseFieldPath(text.slice(dot + 1))
  const cell = context.variables.get(name)
  if (cell !== undefined) return parts === undefined ? () => cell.value : pathIn(cell, parts)
  if (name === 'ROOT' || name === 'CURRENT') {
    if (!context.hasDocument) throw noDocument()
    return parts === undefined ? (document) => document : pathOf(parts)
  }
  const value = systemVariable(name, context.runtime)
  const found = parts === undefined ? value : valueWithin(value, parts, 0)
  return () => found
}

/** Source: `Variables::seedVariablesWithLetParameters`, variables.cpp. */
function noDocument(): ServerError {
  return new ServerError(
    4890500,
    'Command let Expression tried to access a field, but this is not allowed because Command let' +
      ' Expressions run before the query examines any documents.',
  )
}

/** A path from the document at hand; most are one name. */
function pathOf(parts: readonly string[]): Expression {
  if (parts.length > 1) return (document) => valueAt(document, parts, 0)
  const name = parts[0]!
  return (document) => fieldOf(document, name)
}

function pathIn(cell: Variable, parts: readonly string[]): Expression {
  return () => valueWithin(cell.value, parts, 0)
}

/**
 * Arrays on the way give an array of what their documents have; a number names a field, never an
 * element. Source: `ExpressionFieldPath::evaluatePath`, expression.cpp.
 */
function valueAt(document: Document, parts: readonly string[], depth: number): unknown {
  const value = fieldOf(document, parts[depth]!)
  return depth === parts.length - 1 ? value : valueWithin(value, parts, depth + 1)
}

function valueWithin(value: unknown, parts: readonly string[], depth: number): unknown {
  if (isDocument(value)) return valueAt(value, parts, depth)
  if (!Array.isArray(value)) return undefined
  const found: unknown[] = []
  for (const element of value) {
    if (!isDocument(element)) continue
    const inner = valueAt(element, parts, depth)
    if (inner !== undefined) found.push(inner)
  }
  return found
}

function compileArray(elements: readonly unknown[], context: ExpressionContext): Expression {
  const expressions = elements.map((element) => compileExpression(element, context))
  return (document) => expressions.map((expression) => expression(document) ?? null)
}

function compileObject(given: Document, context: ExpressionContext): Expression {
  const names = Object.keys(given)
  const [first] = names
  if (first === undefined) return () => given
  if (first.startsWith('$')) return compileOperator(first, names.length, given, context)
  const fields = names.map((name) => [name, compileField(name, given[name], context)] as const)
  return (document) => {
    let made: Document = {}
    for (const [name, expression] of fields) {
      const value = expression(document)
      if (value === undefined) continue
      if (name === '__proto__') made = withField(made, name, value)
      else made[name] = value
    }
    return made
  }
}

function compileField(name: string, value: unknown, context: ExpressionContext): Expression {
  if (name.includes('.')) {
    throw new ServerError(
      16412,
      "FieldPath field names may not contain '.'. Consider using $getField or $setField.",
    )
  }
  parseFieldPath(name)
  return compileExpression(value, context)
}

function compileOperator(
  name: string,
  fields: number,
  given: Document,
  context: ExpressionContext,
): Expression {
  if (fields > 1) {
    throw new ServerError(
      15983,
      `An object representing an expression must have exactly one field: ${canonicalText(given)}`,
    )
  }
  const operator = OPERATORS.get(name)
  if (operator !== undefined) return operator.parse(given[name], context)
  if (UNSUPPORTED_NAMES.has(name)) {
    throw new ServerError('NotImplemented', `the expression ${name} is not supported yet`)
  }
  throw new ServerError('InvalidPipelineOperator', `Unrecognized expression '${name}'`)
}
