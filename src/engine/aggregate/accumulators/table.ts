import type { Accumulator } from './accumulator.ts'
import { AddToSet } from './add_to_set.ts'
import { Average } from './average.ts'
import { Extreme } from './extreme.ts'
import { First, Last } from './first_last.ts'
import { Push } from './push.ts'
import { Sum } from './sum.ts'

/** The accumulators of `$group`, by name. `$count` is a sum of ones. */
export const ACCUMULATORS: ReadonlyMap<string, () => Accumulator> = new Map<
  string,
  () => Accumulator
>([
  ['$addToSet', () => new AddToSet()],
  ['$avg', () => new Average()],
  ['$count', () => new Sum()],
  ['$first', () => new First()],
  ['$last', () => new Last()],
  ['$max', () => new Extreme(1)],
  ['$min', () => new Extreme(-1)],
  ['$push', () => new Push()],
  ['$sum', () => new Sum()],
])
