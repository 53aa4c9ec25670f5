/**
 * Regular expressions: the server speaks PCRE2, we speak JavaScript's dialect. The common core is
 * the same; what differs and is easily said in the other dialect is translated here: the options
 * `s` and `x`, inline options at the start (`(?i)abc`), the anchors `\A`, `\z`, `\Z`. What
 * JavaScript has no words for (possessive quantifiers, atomic groups, recursion, ...) is refused as
 * an invalid pattern.
 */
import { tagOf, typeOf } from '../../bson/index.ts'
import { ServerError } from '../errors.ts'

export interface Regex {
  readonly pattern: string
  /** Sorted letters out of `imsx`. */
  readonly options: string
}

/** The regular expression that a value is, in either of its two forms; undefined if it is none. */
export function asRegex(value: unknown): Regex | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  if (tagOf(value) === 'BSONRegExp') {
    const { pattern, options } = value as { pattern: string; options: string }
    return { pattern, options: [...options].sort().join('') }
  }
  if (typeOf(value) !== 'regex') return undefined
  const { source, ignoreCase, multiline, dotAll, global } = value as RegExp
  // As the driver writes them: JavaScript's `g` has no counterpart and is sent as `s`.
  const options = `${ignoreCase ? 'i' : ''}${multiline ? 'm' : ''}${dotAll || global ? 's' : ''}`
  return { pattern: source, options }
}

/**
 * Compiles for matching strings. Errors: 2 BadValue, 51091, 51108 (server: RegexMatchExpression,
 * pcre_util).
 */
export function compileRegex(regex: Regex): (text: string) => boolean {
  const compiled = compileRegExp(regex)
  return (text) => compiled.test(text)
}

/** As JavaScript's own, to look for matches with. @param flags further ones, such as `g` */
export function compileRegExp({ pattern, options }: Regex, flags = ''): RegExp {
  if (pattern.includes('\0')) {
    throw new ServerError('BadValue', 'Regular expression cannot contain an embedded null byte')
  }
  for (const option of options) {
    if (!'imsux'.includes(option)) {
      throw new ServerError(51108, ` invalid flag in regex options: ${option}`)
    }
  }
  const inline = /^\(\?([imsx]+)\)/.exec(pattern)
  const all = new Set(options + (inline?.[1] ?? ''))
  let source = inline === null ? pattern : pattern.slice(inline[0].length)
  if (all.has('x')) source = withoutLayout(source)
  source = source.replace(/\\([\s\S])/g, (whole, letter: string) => ANCHORS[letter] ?? whole)
  const given = `${all.has('i') ? 'i' : ''}${all.has('m') ? 'm' : ''}${all.has('s') ? 's' : ''}`
  return compileLenient(source, given + flags)
}

/** PCRE's anchors of the whole text, independent of the `m` option. */
const ANCHORS: Record<string, string> = {
  A: '(?<![\\s\\S])',
  z: '(?![\\s\\S])',
  Z: '(?=\\n?(?![\\s\\S]))',
}

/** Unicode mode, as the server's; the old mode where that is too strict about needless escapes. */
function compileLenient(source: string, flags: string): RegExp {
  try {
    return new RegExp(source, `${flags}u`)
  } catch {
    try {
      return new RegExp(source, flags)
    } catch (cause) {
      const reason = (cause as Error).message.replace(/^Invalid regular expression: /, '')
      throw new ServerError(51091, `Regular expression is invalid: ${reason}`)
    }
  }
}

/** The `x` option: white space and comments outside of character classes do not count. */
function withoutLayout(source: string): string {
  let result = ''
  let inClass = false
  for (let i = 0; i < source.length; i++) {
    const char = source[i]!
    if (char === '\\') {
      result += char + (source[++i] ?? '')
    } else if (!inClass && char === '#') {
      while (i + 1 < source.length && source[i + 1] !== '\n') i++
    } else if (inClass || !/\s/.test(char)) {
      if (char === '[') inClass = true
      else if (char === ']') inClass = false
      result += char
    }
  }
  return result
}

/**
 * The text every match starts with, undefined if there is none to be had: what `/^abc/` gives an
 * index scan. Conservative: plain characters after a leading `^`, no options, no alternatives.
 */
export function literalPrefix({ pattern, options }: Regex): string | undefined {
  if (options !== '' || !pattern.startsWith('^') || pattern.includes('|')) return undefined
  const literal = /^\^([A-Za-z0-9 _\-:/@,;=<>!~#%&'"]*)/.exec(pattern)?.[1] ?? ''
  const next = pattern[literal.length + 1]
  // A quantifier takes the last character back.
  const prefix = next !== undefined && '*?{+'.includes(next) ? literal.slice(0, -1) : literal
  return prefix === '' ? undefined : prefix
}
