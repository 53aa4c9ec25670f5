/** `$trim` and its kin; `$replaceOne`, `$replaceAll`. */
import { canonicalText } from '../../../bson/index.ts'
import { ServerError } from '../../errors.ts'
import { isNullish, namedArguments, type Operator, typeText } from '../operator.ts'

/** What counts as white space. Source: `ExpressionTrim`, kDefaultTrimWhitespaceChars. */
const WHITE_SPACE: ReadonlySet<string> = new Set(
  '\0 \t\n\v\f\r\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a',
)

function trim(name: string, ends: { readonly left: boolean; readonly right: boolean }): Operator {
  return {
    name,
    parse(operand, context) {
      const given = namedArguments(operand, {
        names: ['input', 'chars'],
        notAnObject: (found) =>
          new ServerError(
            50696,
            `${name} only supports an object as an argument, found ${typeText(found)}`,
          ),
        unknown: (argument) =>
          new ServerError(50694, `${name} found an unknown argument: ${argument}`),
      })
      if (!('input' in given)) throw new ServerError(50695, `${name} requires an 'input' field`)
      const input = context.compile(given.input)
      const chars = 'chars' in given ? context.compile(given.chars) : undefined
      return (document) => {
        const text = input(document)
        if (isNullish(text)) return null
        checkText(name, 'its input', text, 50699)
        if (chars === undefined) return trimmed(text as string, WHITE_SPACE, ends)
        const goes = chars(document)
        if (isNullish(goes)) return null
        checkText(name, "'chars'", goes, 50700)
        return trimmed(text as string, new Set(goes as string), ends)
      }
    },
  }
}

function checkText(name: string, what: string, value: unknown, code: number): void {
  if (typeof value === 'string') return
  throw new ServerError(
    code,
    `${name} requires ${what} to be a string, got ${canonicalText(value)} (of type ${typeText(value)}) instead.`,
  )
}

function trimmed(
  text: string,
  goes: ReadonlySet<string>,
  { left, right }: { readonly left: boolean; readonly right: boolean },
): string {
  const points = [...text]
  let from = 0
  let to = points.length
  if (left) while (from < to && goes.has(points[from]!)) from++
  if (right) while (to > from && goes.has(points[to - 1]!)) to--
  return points.slice(from, to).join('')
}

/** Source: `ExpressionReplaceBase`. */
function replace(
  name: '$replaceOne' | '$replaceAll',
  apply: (text: string, find: string, replacement: string) => string,
): Operator {
  const parts = [
    { part: 'input', code: 51746, missing: 51749 },
    { part: 'find', code: 51745, missing: 51748 },
    { part: 'replacement', code: 51744, missing: 51747 },
  ] as const
  return {
    name,
    parse(operand, context) {
      const given = namedArguments(operand, {
        names: ['input', 'find', 'replacement'],
        notAnObject: (found) =>
          new ServerError(
            51751,
            `${name} requires an object as an argument, found: ${typeText(found)}`,
          ),
        unknown: (argument) =>
          new ServerError(51750, `${name} found an unknown argument: ${argument}`),
      })
      const expressions = parts.map(({ part, missing }) => {
        if (part in given) return context.compile(given[part])
        throw new ServerError(missing, `${name} requires '${part}' to be specified`)
      })
      return (document) => {
        const values = expressions.map((expression) => expression(document))
        values.forEach((value, i) => {
          if (isNullish(value) || typeof value === 'string') return
          const { part, code } = parts[i]!
          throw new ServerError(
            code,
            `${name} requires that '${part}' be a string, found: ${canonicalText(value)}`,
          )
        })
        if (values.some(isNullish)) return null
        const [text, find, replacement] = values as [string, string, string]
        return apply(text, find, replacement)
      }
    },
  }
}

export const TRIMMING: readonly Operator[] = [
  trim('$ltrim', { left: true, right: false }),
  // A function as the replacement: a text would have `$&` and its kin in it.
  replace('$replaceAll', (text, find, made) => text.replaceAll(find, () => made)),
  replace('$replaceOne', (text, find, made) => text.replace(find, () => made)),
  trim('$rtrim', { left: false, right: true }),
  trim('$trim', { left: true, right: true }),
]
