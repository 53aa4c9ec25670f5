import { canonicalText, type Document, isDocument } from '../../../bson/index.ts'
import { isInternalDatabase, type Namespace } from '../../catalog/namespace.ts'
import { ServerError } from '../../errors.ts'
import { parseFieldPath, typeText } from '../../expression/index.ts'
import { reachOf } from '../foreign.ts'
import type { MergeSpec, ParseContext, StageDescriptor } from '../stage.ts'

type WhenMatched = MergeSpec['whenMatched']
type WhenNotMatched = MergeSpec['whenNotMatched']

const FIELDS: ReadonlySet<string> = new Set(['into', 'on', 'let', 'whenMatched', 'whenNotMatched'])

/** Which of the two go together. Source: `getDescriptors`, document_source_merge.cpp (8.0). */
const MODES: Readonly<Record<WhenMatched, readonly WhenNotMatched[]>> = {
  replace: ['insert', 'fail', 'discard'],
  merge: ['insert', 'fail', 'discard'],
  pipeline: ['insert', 'fail', 'discard'],
  keepExisting: ['insert'],
  fail: ['insert'],
}

/** Writes documents into a collection, one by one. Source: document_source_merge.cpp (8.0). */
export const merge: StageDescriptor = {
  name: '$merge',
  parse(spec, context) {
    const { db } = reachOf('$merge', context)
    const given = fieldsOf(spec)
    const ns = namespaceOf(given['into'], db)
    const whenMatched = whenMatchedOf(given['whenMatched'])
    const whenNotMatched = whenNotMatchedOf(given['whenNotMatched'])
    if (!MODES[whenMatched].includes(whenNotMatched)) {
      throw new ServerError(
        51181,
        `Combination of $merge modes 'whenMatched: ${whenMatched}' and 'whenNotMatched: ${whenNotMatched}' is not supported`,
      )
    }
    const pipeline =
      whenMatched === 'pipeline' ? (given['whenMatched'] as readonly Document[]) : undefined
    const output = {
      kind: 'merge',
      ns,
      on: onOf(given['on']),
      whenMatched,
      whenNotMatched,
      pipeline,
      constants: constantsOf(given, whenMatched, context),
    } as const
    return { output, inFacet: false, open: (input) => input }
  },
}

function fieldsOf(spec: unknown): Document {
  if (typeof spec === 'string') return { into: spec }
  if (!isDocument(spec)) {
    throw new ServerError(
      51182,
      `$merge requires a string or object argument, but found ${typeText(spec)}`,
    )
  }
  for (const name in spec) {
    if (FIELDS.has(name)) continue
    throw new ServerError(40415, `BSON field '$merge.${name}' is an unknown field.`)
  }
  if ('into' in spec) return spec
  throw new ServerError(40414, "BSON field '$merge.into' is missing but a required field")
}

function namespaceOf(given: unknown, db: string): Namespace {
  let ns: Namespace
  if (typeof given === 'string') ns = { db, coll: given }
  else if (isDocument(given)) {
    const coll = given['coll']
    if (typeof coll !== 'string' || coll === '') {
      throw new ServerError(
        51178,
        `$merge 'into' field must specify a 'coll' that is not empty, null or undefined: ${canonicalText(given)}`,
      )
    }
    const named = given['db']
    ns = { db: typeof named === 'string' ? named : db, coll }
  } else {
    throw new ServerError(
      51178,
      `$merge 'into' field  must be either a string or an object, but found ${typeText(given)}`,
    )
  }
  if (ns.coll === '' || ns.coll.startsWith('system.')) {
    throw new ServerError(31319, `Cannot $merge to special collection: ${ns.coll}`)
  }
  if (!isInternalDatabase(ns.db)) return ns
  throw new ServerError(31320, `Cannot $merge to internal database: ${ns.db}`)
}

function whenMatchedOf(given: unknown): WhenMatched {
  if (given === undefined) return 'merge'
  if (Array.isArray(given)) return 'pipeline'
  const isMode = typeof given === 'string' && given !== 'pipeline' && given in MODES
  if (isMode) return given as WhenMatched
  throw new ServerError(
    typeof given === 'string' ? 'BadValue' : 51191,
    typeof given === 'string'
      ? `Enumeration value '${given}' for field 'whenMatched' is not a valid value.`
      : `$merge 'whenMatched' field  must be either a string or an array, but found ${typeText(given)}`,
  )
}

function whenNotMatchedOf(given: unknown): WhenNotMatched {
  if (given === undefined) return 'insert'
  if (given === 'insert' || given === 'discard' || given === 'fail') return given
  throw new ServerError(
    'BadValue',
    `Enumeration value '${String(given)}' for field '$merge.whenNotMatched' is not a valid value.`,
  )
}

function onOf(given: unknown): readonly string[] | undefined {
  if (given === undefined) return undefined
  const fields: readonly unknown[] = Array.isArray(given) ? given : [given]
  if (fields.length === 0) {
    throw new ServerError(
      51187,
      "If explicitly specifying $merge 'on', must include at least one field",
    )
  }
  const paths = fields.map((field) => {
    if (typeof field !== 'string') {
      throw new ServerError(
        51186,
        `$merge 'on' field  must be either a string or an array of strings, but found ${typeText(field)}`,
      )
    }
    parseFieldPath(field)
    return field
  })
  if (new Set(paths).size === paths.length) return paths
  throw new ServerError(31465, 'Found a duplicate field in the $merge.on list')
}

/** The new document is one of them, by default. */
function constantsOf(
  given: Document,
  whenMatched: WhenMatched,
  { expressions }: ParseContext,
): MergeSpec['constants'] {
  const declared = given['let']
  if (declared !== undefined && whenMatched !== 'pipeline') {
    throw new ServerError(
      51199,
      `Cannot use 'let' variables with 'whenMatched: ${whenMatched}' mode`,
    )
  }
  if (declared !== undefined && !isDocument(declared)) {
    throw new ServerError(
      'TypeMismatch',
      `BSON field '$merge.let' is the wrong type '${typeText(declared)}', expected type 'object'`,
    )
  }
  const variables = { new: '$$ROOT', ...declared }
  const compiled = Object.entries(variables).map(
    ([name, value]) => [name, expressions.compile(value)] as const,
  )
  return (document) =>
    Object.fromEntries(compiled.map(([name, expression]) => [name, expression(document)]))
}
