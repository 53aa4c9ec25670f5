/**
 * Operators that MongoDB 8.0 has and we have not: so that a name which is merely not supported yet
 * is told from one that nobody knows. Source: the REGISTER_* lines of expression.cpp.
 */
export const UNSUPPORTED_NAMES: ReadonlySet<string> = new Set([
  '$accumulator',
  '$covariancePop',
  '$covarianceSamp',
  '$function',
  '$meta',
  '$sampleRate',
  '$toHashedIndexKey',
])
