import { type Document, isDocument, typeOf } from '../../bson/index.ts'
import { isOperatorDocument } from '../query/index.ts'

/** One condition of a filter, by itself. */
export interface Clause {
  /** Empty for an operator that is about the whole document. */
  readonly path: string
  readonly operator: string
  readonly operand: unknown
  /** The condition as a filter, in the words in which it was given. */
  readonly filter: Document
}

/** The conditions that a filter puts one after another: all of them must hold. */
export function clausesOf(filter: Document): Clause[] {
  return Object.entries(filter).flatMap(([name, value]): Clause[] => {
    if (name === '$comment') return []
    if (name.startsWith('$')) {
      return [{ path: '', operator: name, operand: value, filter: { [name]: value } }]
    }
    if (isDocument(value) && isOperatorDocument(value)) return operatorsAt(name, value)
    const operator = typeOf(value) === 'regex' ? '$regex' : '$eq'
    return [{ path: name, operator, operand: value, filter: { [name]: value } }]
  })
}

/** `$options` belongs to the `$regex` beside it. */
function operatorsAt(path: string, operators: Document): Clause[] {
  const { $options, ...others } = operators
  return Object.entries(others).map(([operator, operand]) => {
    const alone: Document = { [operator]: operand }
    if (operator === '$regex' && $options !== undefined) alone['$options'] = $options
    return { path, operator, operand, filter: { [path]: alone } }
  })
}
