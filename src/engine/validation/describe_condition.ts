import { type Document, parsePath, typeNameOf, valuesAtPath } from '../../bson/index.ts'
import type { Clause } from './clauses.ts'

/** What a description explains: that a condition fails, or that it passes where it should not. */
export type Verdict = 'fails' | 'passes'

/** What the server says of an operator, by verdict. Source: doc_validation_error.cpp (8.0). */
const REASONS: Readonly<Record<string, Readonly<Record<Verdict, string>>>> = {
  $all: {
    fails: 'array did not contain all specified values',
    passes: 'array did contain all specified values',
  },
  $elemMatch: {
    fails: 'array did not satisfy the child predicate',
    passes: 'array did satisfy the child predicate',
  },
  $exists: { fails: 'path does not exist', passes: 'path does exist' },
  $in: { fails: 'no matching value found in array', passes: 'matching value found in array' },
  $mod: {
    fails: '$mod did not evaluate to expected remainder',
    passes: '$mod did evaluate to expected remainder',
  },
  $ne: { fails: 'comparison succeeded', passes: 'comparison failed' },
  $nin: { fails: 'matching value found in array', passes: 'no matching value found in array' },
  $regex: {
    fails: 'regular expression did not match',
    passes: 'regular expression did match',
  },
  $size: {
    fails: 'array length was not equal to given size',
    passes: 'array length was equal to given size',
  },
  $type: { fails: 'type did not match', passes: 'type did match' },
}

const COMPARISON = { fails: 'comparison failed', passes: 'comparison succeeded' }

/** One condition on the values at a path. */
export function describeCondition(clause: Clause, document: Document, verdict: Verdict): Document {
  const { path, operator, operand, filter } = clause
  const described: Document = { operatorName: operator, specifiedAs: filter }
  if (operator === '$exists') {
    // The opposite of an existence is one, too.
    const isAbsent = (verdict === 'fails') === (operand !== false && operand !== 0)
    described['reason'] = REASONS['$exists']![isAbsent ? 'fails' : 'passes']
    return described
  }
  const considered = valuesAtPath(document, parsePath(path)).filter((value) => value !== undefined)
  if (considered.length === 0 && verdict === 'fails') {
    described['reason'] = 'field was missing'
    return described
  }
  described['reason'] = (REASONS[operator] ?? COMPARISON)[verdict]
  if (considered.length === 1) described['consideredValue'] = considered[0]
  else described['consideredValues'] = considered
  if (operator === '$type') {
    const types = [...new Set(considered.map(typeNameOf))]
    if (types.length === 1) described['consideredType'] = types[0]
    else described['consideredTypes'] = types
  }
  return described
}
