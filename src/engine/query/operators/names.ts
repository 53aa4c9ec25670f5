/**
 * The names of all query operators of the server, apart from their descriptors: some operators must
 * tell whether a name is one, and may not import the table that lists them. Source: server, the two
 * operator maps of expression_parser.cpp (internal ones left out).
 */

/** Operators under a field, `{ field: { $name: ... } }`. */
export const PATH_OPERATOR_NAMES = [
  '$all',
  '$bitsAllClear',
  '$bitsAllSet',
  '$bitsAnyClear',
  '$bitsAnySet',
  '$elemMatch',
  '$eq',
  '$exists',
  '$geoIntersects',
  '$geoNear',
  '$geoWithin',
  '$gt',
  '$gte',
  '$in',
  '$lt',
  '$lte',
  '$mod',
  '$ne',
  '$near',
  '$nearSphere',
  '$nin',
  '$not',
  '$options',
  '$regex',
  '$size',
  '$type',
  '$within',
] as const

/** Operators in the place of a field, `{ $name: ... }`. */
export const TOP_LEVEL_OPERATOR_NAMES = [
  '$alwaysFalse',
  '$alwaysTrue',
  '$and',
  '$comment',
  '$db',
  '$expr',
  '$id',
  '$jsonSchema',
  '$nor',
  '$or',
  '$ref',
  '$sampleRate',
  '$text',
  '$where',
] as const

export type PathOperatorName = (typeof PATH_OPERATOR_NAMES)[number]
export type TopLevelOperatorName = (typeof TOP_LEVEL_OPERATOR_NAMES)[number]

const PATH_OPERATORS: ReadonlySet<string> = new Set(PATH_OPERATOR_NAMES)
const TOP_LEVEL_OPERATORS: ReadonlySet<string> = new Set(TOP_LEVEL_OPERATOR_NAMES)

export function isPathOperatorName(name: string | undefined): name is PathOperatorName {
  return name !== undefined && PATH_OPERATORS.has(name)
}

/**
 * What the server calls a path-accepting keyword: all of these but `$not`. It decides whether a
 * document found among values was meant as operators, so `{ $not: ... }` is a value there.
 */
export function isPathKeyword(name: string | undefined): boolean {
  return name !== '$not' && isPathOperatorName(name)
}

export function isTopLevelOperatorName(name: string | undefined): name is TopLevelOperatorName {
  return name !== undefined && TOP_LEVEL_OPERATORS.has(name)
}
