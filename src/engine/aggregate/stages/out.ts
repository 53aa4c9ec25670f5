import { canonicalText, isDocument } from '../../../bson/index.ts'
import { isInternalDatabase, type Namespace } from '../../catalog/namespace.ts'
import { ServerError } from '../../errors.ts'
import { typeText } from '../../expression/index.ts'
import { reachOf } from '../foreign.ts'
import type { StageDescriptor } from '../stage.ts'

/** Puts all documents in the place of a collection. Source: document_source_out.cpp (8.0). */
export const out: StageDescriptor = {
  name: '$out',
  parse(spec, context) {
    const { db } = reachOf('$out', context)
    const ns = typeof spec === 'string' ? { db, coll: spec } : namespaceOf(spec)
    if (ns.coll.startsWith('system.')) {
      throw new ServerError(17385, `Can't $out to special collection: ${ns.coll}`)
    }
    if (isInternalDatabase(ns.db)) {
      throw new ServerError(31321, `Can't $out to internal database: ${ns.db}`)
    }
    return { output: { kind: 'out', ns }, inFacet: false, open: (input) => input }
  },
}

function namespaceOf(spec: unknown): Namespace {
  if (!isDocument(spec)) {
    throw new ServerError(
      16990,
      `$out only supports a string or object argument, but found ${typeText(spec)}`,
    )
  }
  for (const name in spec) {
    if (name === 'db' || name === 'coll') continue
    if (name === 'timeseries') {
      throw new ServerError('NotImplemented', '$out to a time series is not supported yet')
    }
    throw new ServerError(40415, `BSON field '$out.${name}' is an unknown field.`)
  }
  const { db, coll } = spec
  if (typeof db === 'string' && typeof coll === 'string') return { db, coll }
  throw new ServerError(
    16994,
    `If an object is passed to $out it must have exactly 2 fields: 'db' and 'coll'. Found: ${canonicalText(spec)}`,
  )
}
