import { DATE_ARITHMETIC } from '../dates/arithmetic.ts'
import { DATE_ASSEMBLY } from '../dates/assembly.ts'
import { DATE_PARTS } from '../dates/parts.ts'
import { DATE_TEXTS } from '../dates/texts.ts'
import type { Operator } from '../operator.ts'
import { ARITHMETIC } from './arithmetic.ts'
import { ARRAYS } from './arrays.ts'
import { BITS } from './bits.ts'
import { CONSTANTS } from './constants.ts'
import { LOGIC } from './logic.ts'
import { NUMERIC_FUNCTIONS } from './numeric_functions.ts'
import { OBJECTS } from './objects.ts'
import { POWERS } from './powers.ts'
import { REGEXES } from './regexes.ts'
import { SCOPES } from './scopes.ts'
import { SETS } from './sets.ts'
import { STATISTICS } from './statistics.ts'
import { STRINGS } from './strings.ts'
import { TRIMMING } from './trimming.ts'
import { TYPES } from './types.ts'
import { zip } from './zip.ts'

const ALL: readonly Operator[] = [
  ...ARITHMETIC,
  ...ARRAYS,
  ...BITS,
  ...CONSTANTS,
  ...DATE_ARITHMETIC,
  ...DATE_ASSEMBLY,
  ...DATE_PARTS,
  ...DATE_TEXTS,
  ...LOGIC,
  ...NUMERIC_FUNCTIONS,
  ...OBJECTS,
  ...POWERS,
  ...REGEXES,
  ...SCOPES,
  ...SETS,
  ...STATISTICS,
  ...STRINGS,
  ...TRIMMING,
  ...TYPES,
  zip,
]

/** The operators of expressions, by name. */
export const OPERATORS: ReadonlyMap<string, Operator> = new Map(
  ALL.map((operator) => [operator.name, operator]),
)
