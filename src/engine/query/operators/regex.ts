/** `$regex` with its `$options`, and `/pattern/` in the place of a value. */
import { tagOf } from '../../../bson/index.ts'
import { ServerError } from '../../errors.ts'
import { asRegex, compileRegex, type Regex } from '../../expression/index.ts'
import { type Leaf, leaf, type ValueTest } from '../expression.ts'
import type { PathOperator, PathOperatorArguments } from '../operator.ts'

/** Strings and symbols by pattern; a stored regular expression only if it is the same one. */
export function regexTest(regex: Regex): ValueTest {
  const matches = compileRegex(regex)
  return (value) => {
    if (typeof value === 'string') return matches(value)
    if (typeof value !== 'object' || value === null) return false
    if (tagOf(value) === 'BSONSymbol') return matches(String((value as { value: unknown }).value))
    const other = asRegex(value)
    return other?.pattern === regex.pattern && other.options === regex.options
  }
}

export function regexLeaf(path: string, regex: Regex): Leaf {
  return leaf('$regex', path, regex, regexTest(regex))
}

/**
 * `$regex` and `$options` may come in either order, and options may come with the pattern or apart
 * from it, but not both. Source: server, parseRegexDocument.
 */
export const $regex = {
  name: '$regex',
  parse({ path, siblings }) {
    let pattern = ''
    let options = ''
    for (const name in siblings) {
      const value = siblings[name]
      if (name === '$regex') {
        const regex = asRegex(value)
        if (typeof value === 'string') pattern = value
        else if (regex === undefined) throw new ServerError('BadValue', '$regex has to be a string')
        else {
          pattern = regex.pattern
          if (regex.options !== '') {
            if (options !== '') throw bothOptions(51074)
            options = regex.options
          }
        }
      } else if (name === '$options') {
        if (typeof value !== 'string') {
          throw new ServerError('BadValue', '$options has to be a string')
        }
        if (options !== '') throw bothOptions(51075)
        options = value
      }
    }
    return regexLeaf(path, { pattern, options: [...options].sort().join('') })
  },
} as const satisfies PathOperator

/** Says nothing by itself: `$regex` reads it. */
export const $options = {
  name: '$options',
  parse({ siblings }: PathOperatorArguments): undefined {
    if (!Object.hasOwn(siblings, '$regex')) {
      throw new ServerError('BadValue', '$options needs a $regex')
    }
  },
} as const satisfies PathOperator

function bothOptions(code: number): ServerError {
  return new ServerError(code, 'options set in both $regex and $options')
}
