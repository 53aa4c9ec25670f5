/** `$zip`: arrays side by side. */
import { ServerError } from '../../errors.ts'
import { isNullish, namedArguments, type Operator, typeText } from '../operator.ts'

export const zip: Operator = {
  name: '$zip',
  parse(operand, context) {
    const given = namedArguments(operand, {
      names: ['inputs', 'defaults', 'useLongestLength'],
      notAnObject: (found) =>
        new ServerError(
          34460,
          `$zip only supports an object as an argument, found ${typeText(found)}`,
        ),
      unknown: (name) => new ServerError(34464, `$zip found an unknown argument: ${name}`),
    })
    const { useLongestLength = false } = given
    if (typeof useLongestLength !== 'boolean') {
      throw new ServerError(
        34463,
        `useLongestLength must be a bool, found ${typeText(useLongestLength)}`,
      )
    }
    const inputs = expressionsOf(given.inputs, 34461, 'inputs')
    const defaults = 'defaults' in given ? expressionsOf(given.defaults, 34462, 'defaults') : []
    if (inputs.length === 0) throw new ServerError(34465, '$zip requires at least one input array')
    if (defaults.length > 0 && !useLongestLength) {
      throw new ServerError(34466, 'cannot specify defaults unless useLongestLength is true')
    }
    if (defaults.length > 0 && defaults.length !== inputs.length) {
      throw new ServerError(34467, 'defaults and inputs must have the same length')
    }
    const arrays = inputs.map((input) => context.compile(input))
    const fills = defaults.map((fill) => context.compile(fill))
    return (document) => {
      const columns: (readonly unknown[])[] = []
      for (const array of arrays) {
        const column = array(document)
        if (isNullish(column)) return null
        if (!Array.isArray(column)) {
          throw new ServerError(
            34468,
            `$zip found a non-array expression in input: ${typeText(column)}`,
          )
        }
        columns.push(column)
      }
      const lengths = columns.map(({ length }) => length)
      const rows = useLongestLength ? Math.max(...lengths) : Math.min(...lengths)
      const filled = fills.map((fill) => fill(document))
      return Array.from({ length: rows }, (_, row) =>
        columns.map((column, i) => (row < column.length ? column[row] : (filled[i] ?? null))),
      )
    }
  },
}

function expressionsOf(given: unknown, code: number, name: string): readonly unknown[] {
  if (Array.isArray(given)) return given
  throw new ServerError(code, `${name} must be an array of expressions, found ${typeText(given)}`)
}
