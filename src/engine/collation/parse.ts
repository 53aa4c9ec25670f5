/**
 * From a collation as commands give it to an order of values, by the collators that the JavaScript
 * engine has (ICU's, as the server's).
 *
 * Source of fields, defaults and messages: collation.idl, collator_factory_icu.cpp (8.0).
 */
import {
  canonicalText,
  compareStrings,
  type Document,
  isNumeric,
  numberToDouble,
  typeNameOf,
} from '../../bson/index.ts'
import { ServerError } from '../errors.ts'
import { CollatedOrder } from './collated_order.ts'
import { BINARY_ORDER, type ValueOrder } from './value_order.ts'

type Check = (value: unknown) => boolean

const isBool: Check = (value) => typeof value === 'boolean'

const oneOf = (...values: string[]): Check => {
  return (value) => typeof value === 'string' && values.includes(value)
}

/** The fields beside `locale`, in the order in which they are printed. */
const FIELDS: readonly (readonly [name: string, byDefault: unknown, type: string, check: Check])[] =
  [
    ['caseLevel', false, 'bool', isBool],
    ['caseFirst', 'off', 'string', oneOf('upper', 'lower', 'off')],
    ['strength', 3, 'int', (value) => [1, 2, 3, 4, 5].includes(numberToDouble(value))],
    ['numericOrdering', false, 'bool', isBool],
    ['alternate', 'non-ignorable', 'string', oneOf('non-ignorable', 'shifted')],
    ['maxVariable', 'punct', 'string', oneOf('punct', 'space')],
    ['normalization', false, 'bool', isBool],
    ['backwards', false, 'bool', isBool],
    ['version', '57.1', 'string', oneOf('57.1')],
  ]

/**
 * @returns BSON's own order for `{ locale: 'simple' }` and for the empty document, which says
 *   nothing
 * @throws ServerError 40414, 40415, 14, 2; 238 for what JavaScript's collators can't do
 */
export function orderOf(given: Document): ValueOrder {
  if (Object.keys(given).length === 0) return BINARY_ORDER
  const collation = complete(given)
  if (collation === undefined) return BINARY_ORDER
  const collator = collatorOf(collation)
  const compare = (a: string, b: string): number => collator.compare(a, b)
  // At the fifth level texts are equal only if they are the same, code point by code point.
  const isIdentical = collation['strength'] === 5
  return new CollatedOrder(
    collation,
    isIdentical ? (a, b) => compare(a, b) || compareStrings(a, b) : compare,
  )
}

/** All fields, those that are not given by default; undefined for the simple one. */
function complete(given: Document): Document | undefined {
  for (const name in given) {
    if (name === 'locale' || FIELDS.some(([field]) => field === name)) continue
    throw new ServerError(40415, `BSON field 'collation.${name}' is an unknown field.`)
  }
  const { locale } = given
  if (locale === undefined) {
    throw new ServerError(40414, "BSON field 'collation.locale' is missing but a required field")
  }
  if (typeof locale !== 'string') throw wrongType('locale', locale, 'string')
  if (locale === 'simple') {
    if (Object.keys(given).length === 1) return undefined
    throw new ServerError(
      'BadValue',
      `If locale=simple, no other fields may be present in: ${canonicalText(given)}`,
    )
  }
  const collation: Document = { locale }
  for (const [name, byDefault, type, check] of FIELDS) {
    collation[name] = name in given ? checked(given, name, type, check) : byDefault
  }
  return collation
}

function checked(given: Document, name: string, type: string, check: Check): unknown {
  const value = given[name]
  const hasType = type === 'int' ? isNumeric(value) : typeNameOf(value) === type
  if (!hasType) throw wrongType(name, value, type)
  if (check(value)) return type === 'int' ? numberToDouble(value) : value
  if (name === 'version') {
    throw new ServerError(
      'IncompatibleCollationVersion',
      `Requested collation version ${String(value)} but the only available collator version was 57.1`,
    )
  }
  throw new ServerError(
    'BadValue',
    type === 'int'
      ? `BSON field 'strength' value must be >= 1 and <= 5, actual value '${String(value)}'`
      : `Enumeration value '${String(value)}' for field 'collation.${name}' is not a valid value.`,
  )
}

function wrongType(name: string, value: unknown, type: string): ServerError {
  return new ServerError(
    'TypeMismatch',
    `BSON field 'collation.${name}' is the wrong type '${typeNameOf(value)}', expected type '${type}'`,
  )
}

/** Collators by what they were asked for: making one takes as long as a hundred comparisons. */
const known = new Map<string, Intl.Collator>()
const KNOWN_MAX = 64

function collatorOf(collation: Document): Intl.Collator {
  const key = canonicalText(collation)
  let collator = known.get(key)
  if (collator === undefined) {
    if (known.size >= KNOWN_MAX) known.clear()
    collator = makeCollator(collation)
    known.set(key, collator)
  }
  return collator
}

function makeCollator(collation: Document): Intl.Collator {
  const { strength, caseLevel, caseFirst, numericOrdering, alternate, backwards } = collation
  const isShifted = alternate === 'shifted'
  if (backwards === true || (isShifted && collation['maxVariable'] === 'space')) {
    throw new ServerError(
      'NotImplemented',
      `a collation with backwards, or maxVariable 'space', is not supported: ${canonicalText(collation)}`,
    )
  }
  return new Intl.Collator(languageTag(collation), {
    usage: 'sort',
    sensitivity: sensitivityOf(strength as number, caseLevel === true),
    numeric: numericOrdering === true,
    caseFirst: caseFirst === 'off' ? 'false' : (caseFirst as 'upper' | 'lower'),
    ignorePunctuation: isShifted,
  })
}

function sensitivityOf(
  strength: number,
  caseLevel: boolean,
): NonNullable<Intl.CollatorOptions['sensitivity']> {
  if (strength === 1) return caseLevel ? 'case' : 'base'
  return strength === 2 && !caseLevel ? 'accent' : 'variant'
}

/** Names of special orders, as ICU's old form of locales has them, to those of BCP 47. */
const SPECIAL_ORDERS: Readonly<Record<string, string>> = {
  dictionary: 'dict',
  phonebook: 'phonebk',
  traditional: 'trad',
}

/** `de_AT@collation=phonebook` as `de-AT-u-co-phonebk`. */
function languageTag(collation: Document): string {
  const locale = collation['locale'] as string
  const [name = '', special] = locale.split('@collation=')
  const order = special === undefined ? '' : `-u-co-${SPECIAL_ORDERS[special] ?? special}`
  const tag = name.replaceAll('_', '-')
  try {
    if (Intl.Collator.supportedLocalesOf(tag).length > 0) return `${tag}${order}`
  } catch {
    // No language has such a name: that is what is said below.
  }
  throw new ServerError('BadValue', `Field 'locale' is invalid in: ${canonicalText(collation)}`)
}
