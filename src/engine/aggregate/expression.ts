/**
 * What stages compute with: `'$path.to.field'`, `'$$ROOT'`, constants, and documents and arrays of
 * these. The one place where expressions are compiled; operators, `{ $add: [...] }`, are refused.
 */
import { canonicalText, type Document, fieldOf, isDocument, withField } from '../../bson/index.ts'
import { ServerError } from '../errors.ts'
import { parseFieldPath } from '../query/index.ts'
import { EXPRESSION_NAMES, VARIABLE_NAMES } from './names.ts'

/** Gives the value for a document; undefined where there is none. */
export type Expression = (document: Document) => unknown

/**
 * Compiles an expression.
 *
 * @throws ServerError 168 unknown operator, 15983, 17276 unknown variable, 16872 and the codes of
 *   field paths; 238 for what is not built yet
 */
export function compileExpression(given: unknown): Expression {
  if (typeof given === 'string') return compileText(given)
  if (Array.isArray(given)) return compileArray(given)
  return isDocument(given) ? compileObject(given) : () => given
}

function compileText(text: string): Expression {
  if (!text.startsWith('$')) return () => text
  if (text.startsWith('$$')) return compileVariable(text.slice(2))
  if (text === '$') {
    throw new ServerError(16872, "'$' by itself is not a valid FieldPath")
  }
  return fieldPath(text.slice(1))
}

/** ROOT and CURRENT are the document; nothing changes CURRENT as yet. */
function compileVariable(text: string): Expression {
  const dot = text.indexOf('.')
  const name = dot < 0 ? text : text.slice(0, dot)
  if (name === 'ROOT' || name === 'CURRENT') {
    return dot < 0 ? (document) => document : fieldPath(text.slice(dot + 1))
  }
  if (VARIABLE_NAMES.has(name)) throw notSupported(`the variable $$${name}`)
  if (name === '') throw new ServerError('FailedToParse', 'empty variable names are not allowed')
  throw new ServerError(17276, `Use of undefined variable: ${name}`)
}

function fieldPath(path: string): Expression {
  const parts = parseFieldPath(path)
  if (parts.length > 1) return (document) => valueAt(document, parts, 0)
  const name = parts[0]!
  return (document) => fieldOf(document, name)
}

/**
 * Arrays on the way give an array of what their documents have; a number names a field, never an
 * element. Source: `ExpressionFieldPath::evaluatePath`, expression.cpp.
 */
function valueAt(document: Document, parts: readonly string[], depth: number): unknown {
  const value = fieldOf(document, parts[depth]!)
  if (depth === parts.length - 1) return value
  if (isDocument(value)) return valueAt(value, parts, depth + 1)
  if (!Array.isArray(value)) return undefined
  const found: unknown[] = []
  for (const element of value) {
    if (!isDocument(element)) continue
    const inner = valueAt(element, parts, depth + 1)
    if (inner !== undefined) found.push(inner)
  }
  return found
}

function compileArray(elements: readonly unknown[]): Expression {
  const expressions = elements.map(compileExpression)
  return (document) => expressions.map((expression) => expression(document) ?? null)
}

function compileObject(given: Document): Expression {
  const names = Object.keys(given)
  const [first] = names
  if (first === undefined) return () => given
  if (first.startsWith('$')) return compileOperator(first, names.length, given)
  const fields = names.map((name) => [name, compileField(name, given[name])] as const)
  return (document) => {
    let made: Document = {}
    for (const [name, expression] of fields) {
      const value = expression(document)
      if (value !== undefined) made = withField(made, name, value)
    }
    return made
  }
}

function compileField(name: string, value: unknown): Expression {
  if (name.includes('.')) {
    throw new ServerError(
      16412,
      "FieldPath field names may not contain '.'. Consider using $getField or $setField.",
    )
  }
  parseFieldPath(name)
  return compileExpression(value)
}

function compileOperator(name: string, fields: number, given: Document): Expression {
  if (fields > 1) {
    throw new ServerError(
      15983,
      `An object representing an expression must have exactly one field: ${canonicalText(given)}`,
    )
  }
  if (name === '$literal' || name === '$const') {
    const constant = given[name]
    return () => constant
  }
  if (EXPRESSION_NAMES.has(name)) throw notSupported(`the expression ${name}`)
  throw new ServerError('InvalidPipelineOperator', `Unrecognized expression '${name}'`)
}

function notSupported(what: string): ServerError {
  return new ServerError('NotImplemented', `${what} is not supported yet`)
}
