/**
 * Values and calls as the MongoDB shell shows them: `{ _id: 'x', n: Long('1015') }`.
 *
 * The shell prints with Node's `util.inspect`; so do we, with BSON values replaced by something
 * that prints as the shell's constructors do.
 */
import { type InspectOptions, inspect } from 'node:util'
import { canonicalText, numberToDouble, typeOf } from '../../bson/index.ts'

const SHELL: InspectOptions = { depth: Number.POSITIVE_INFINITY }

export interface ShellTextOptions {
  readonly colors?: boolean
  /** Beyond this an object is broken into lines. Default: 80, as in the shell. */
  readonly columns?: number
}

/** A value as the shell answers it, over several lines where it is long. */
export function shellText(value: unknown, options: ShellTextOptions = {}): string {
  const { colors = false, columns = 80 } = options
  return inspect(prepared(value), { ...SHELL, breakLength: columns, colors })
}

/** A call as a person types it: on one line, operators without quotes. */
export function callText(path: string, method: string, args: readonly unknown[]): string {
  const typed = args.map((arg) => {
    const text = inspect(prepared(arg), { ...SHELL, breakLength: Number.POSITIVE_INFINITY })
    return text.replaceAll(/'(\$\w+)':/g, '$1:')
  })
  return `${path}.${method}(${typed.join(', ')})`
}

/** Prints as one word. */
class Word {
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  [inspect.custom](
    _depth: number,
    options: { stylize(text: string, kind: string): string },
  ): string {
    return options.stylize(this.#text, 'special')
  }
}

/**
 * The value with each BSON value in it, however deep, replaced by the word that the shell prints.
 */
function prepared(value: unknown): unknown {
  switch (typeOf(value)) {
    case 'object':
      return Object.fromEntries(
        Object.entries(value as object).map(([name, field]) => [name, prepared(field)]),
      )
    case 'array':
      return (value as unknown[]).map(prepared)
    case 'double':
      return numberToDouble(value)
    case 'long':
      return new Word(`Long('${value}')`)
    case 'decimal':
      return new Word(`Decimal128('${value}')`)
    case 'date':
      return new Word(`ISODate('${(value as Date).toISOString()}')`)
    case 'binData':
      return new Word(canonicalText(value).replaceAll('"', "'"))
    case 'objectId':
    case 'timestamp':
      return new Word(canonicalText(value))
    default:
      return value
  }
}
