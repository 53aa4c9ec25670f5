/** `$regexMatch`, `$regexFind`, `$regexFindAll`. */
import { type Document, typeOf } from '../../../bson/index.ts'
import { ServerError } from '../../errors.ts'
import type { Expression } from '../compile.ts'
import type { ExpressionContext } from '../context.ts'
import { isNullish, namedArguments, type Operator, typeText } from '../operator.ts'
import { asRegex, compileRegExp } from '../regex.ts'

interface Search {
  readonly text: string
  readonly regex: RegExp
}

/** Undefined: null for input or pattern, which finds nothing. */
type SearchOf = (document: Document) => Search | undefined

/** Source: `ExpressionRegex`, expression.cpp. */
function regexOperator(name: string, answer: (search: Search | undefined) => unknown): Operator {
  return {
    name,
    parse(operand, context) {
      const search = searchOf(name, operand, context)
      return (document) => answer(search(document))
    },
  }
}

function searchOf(name: string, operand: unknown, context: ExpressionContext): SearchOf {
  const given = namedArguments(operand, {
    names: ['input', 'regex', 'options'],
    notAnObject: (found) =>
      new ServerError(
        51103,
        `${name} expects an object of named arguments but found: ${typeText(found)}`,
      ),
    unknown: (argument) => new ServerError(31024, `${name} found an unknown argument: ${argument}`),
  })
  if (!('input' in given)) throw new ServerError(31022, `${name} requires 'input' parameter`)
  if (!('regex' in given)) throw new ServerError(31023, `${name} requires 'regex' parameter`)
  const input = context.compile(given.input)
  const pattern = context.compile(given.regex)
  const options: Expression = 'options' in given ? context.compile(given.options) : () => undefined
  // Most patterns are the same for each document: the last one is kept.
  let compiled: { readonly pattern: string; readonly options: string; regex: RegExp } | undefined
  return (document) => {
    const text = input(document)
    if (!isNullish(text) && typeof text !== 'string') {
      throw new ServerError(51104, `${name} needs 'input' to be of type string`)
    }
    const wanted = patternOf(name, pattern(document), options(document))
    if (wanted === undefined || isNullish(text)) return undefined
    if (compiled?.pattern !== wanted.pattern || compiled.options !== wanted.options) {
      compiled = { ...wanted, regex: compileRegExp(wanted, 'g') }
    }
    return { text, regex: compiled.regex }
  }
}

function patternOf(
  name: string,
  given: unknown,
  options: unknown,
): { readonly pattern: string; readonly options: string } | undefined {
  if (!isNullish(options) && typeof options !== 'string') {
    throw new ServerError(51106, `${name} needs 'options' to be of type string`)
  }
  if (isNullish(given)) return undefined
  if (typeof given === 'string') return { pattern: given, options: options ?? '' }
  if (typeOf(given) !== 'regex') {
    throw new ServerError(51105, `${name} needs 'regex' to be of type string or regex`)
  }
  const regex = asRegex(given)!
  if (regex.options !== '' && !isNullish(options)) {
    throw new ServerError(
      51107,
      `${name} found regex option(s) specified in both 'regex' and 'option' fields`,
    )
  }
  return { pattern: regex.pattern, options: regex.options || (options ?? '') }
}

/** The match, where it begins in code points, and what its groups caught. */
function described(text: string, match: RegExpMatchArray): Document {
  return {
    match: match[0],
    idx: [...text.slice(0, match.index)].length,
    captures: match.slice(1).map((caught) => caught ?? null),
  }
}

export const REGEXES: readonly Operator[] = [
  regexOperator('$regexFind', (search) => {
    if (search === undefined) return null
    const [match] = search.text.matchAll(search.regex)
    return match === undefined ? null : described(search.text, match)
  }),
  regexOperator('$regexFindAll', (search) =>
    search === undefined
      ? []
      : [...search.text.matchAll(search.regex)].map((match) => described(search.text, match)),
  ),
  regexOperator('$regexMatch', (search) => {
    if (search === undefined) return false
    search.regex.lastIndex = 0
    return search.regex.test(search.text)
  }),
]
