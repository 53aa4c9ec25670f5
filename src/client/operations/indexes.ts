import type { Document } from 'bson'
import { copyValueIn } from '../../bson/index.ts'
import type { CollationOptions, CommandOptions } from '../options.ts'
import type { Scope } from '../scope.ts'
import { runWrite } from './run_command.ts'

export type IndexDirection = -1 | 1 | '2d' | '2dsphere' | 'text' | 'geoHaystack' | 'hashed' | number

type IndexKey =
  | string
  | readonly [string, IndexDirection]
  | { readonly [field: string]: IndexDirection }
  | ReadonlyMap<string, IndexDirection>

/** The fields of an index, in any of the forms that the driver takes. */
export type IndexSpecification = IndexKey | readonly IndexKey[]

/** What an index may be, apart from its key. */
export interface IndexOptions {
  name?: string
  unique?: boolean
  sparse?: boolean
  hidden?: boolean
  background?: boolean
  expireAfterSeconds?: number
  partialFilterExpression?: Document
  collation?: CollationOptions
  storageEngine?: Document
  wildcardProjection?: Document
  version?: number
  weights?: Document
  default_language?: string
  language_override?: string
  textIndexVersion?: number
  '2dsphereIndexVersion'?: number
  bits?: number
  min?: number
  max?: number
  bucketSize?: number
}

export interface CreateIndexesOptions extends CommandOptions, Omit<IndexOptions, 'collation'> {
  commitQuorum?: number | string
}

export interface IndexDescription extends IndexOptions {
  key: { [field: string]: IndexDirection } | Map<string, IndexDirection>
}

/** An index as `listIndexes` describes it. */
export interface IndexDescriptionInfo extends Document {
  key: { [field: string]: IndexDirection }
  name?: string
  v?: number
}

/** The keys of indexes, by name. */
export type IndexDescriptionCompact = Record<string, [name: string, direction: IndexDirection][]>

export function toCompact(indexes: readonly IndexDescriptionInfo[]): IndexDescriptionCompact {
  return Object.fromEntries(indexes.map(({ name, key }) => [name, Object.entries(key)]))
}

/** Option names that reach the server; the others belong to the command, or to nobody. */
const INDEX_OPTIONS: ReadonlySet<string> = new Set<keyof IndexOptions>([
  ...(['background', 'unique', 'name', 'partialFilterExpression', 'sparse', 'hidden'] as const),
  ...(['expireAfterSeconds', 'storageEngine', 'collation', 'version'] as const),
  ...(['wildcardProjection', 'weights', 'default_language', 'language_override'] as const),
  ...(['textIndexVersion', '2dsphereIndexVersion', 'bits', 'min', 'max', 'bucketSize'] as const),
])

/** @returns the names of the indexes, in the order given */
export function createIndexes(
  scope: Scope,
  descriptions: readonly IndexDescription[],
  options: CreateIndexesOptions | undefined,
): string[] | Promise<string[]> {
  const indexes = descriptions.map(toIndex)
  const command: Document = { createIndexes: scope.collection, indexes: copyValueIn(indexes) }
  if (options?.commitQuorum !== undefined) command['commitQuorum'] = options.commitQuorum
  return runWrite(scope, command, options, () => indexes.map((index): string => index['name']))
}

/** The key that a specification stands for; fields in a list count upwards. */
export function toIndexKey(specification: IndexSpecification): Map<string, IndexDirection> {
  const key = new Map<string, IndexDirection>()
  const parts: readonly unknown[] =
    !Array.isArray(specification) || isPair(specification) ? [specification] : specification
  for (const part of parts) {
    if (typeof part === 'string') key.set(part, 1)
    else if (Array.isArray(part)) key.set(part[0], part[1] ?? 1)
    else if (part instanceof Map) for (const [field, way] of part) key.set(field, way)
    else for (const [field, way] of Object.entries(part as object)) key.set(field, way)
  }
  return key
}

const DIRECTIONS: readonly unknown[] = ['2d', '2dsphere', 'text', 'geoHaystack']

function isPair(specification: readonly unknown[]): boolean {
  const [, way] = specification
  return specification.length === 2 && (typeof way === 'number' || DIRECTIONS.includes(way))
}

function toIndex(description: IndexDescription): Document {
  const { key } = description
  const entries = key instanceof Map ? [...key] : Object.entries(key)
  const index: Document = {}
  for (const [option, value] of Object.entries(description)) {
    if (INDEX_OPTIONS.has(option)) index[option === 'version' ? 'v' : option] = value
  }
  index['name'] = description.name ?? entries.flat().join('_')
  index['key'] = new Map(entries)
  return index
}
