/** Every update operator and its descriptor; a name without one does not compile. */
import type { UpdateOperator } from '../operator.ts'
import { $addToSet } from './add_to_set.ts'
import { $inc, $mul } from './arithmetic.ts'
import { $bit } from './bit.ts'
import { $max, $min } from './compare.ts'
import { $currentDate } from './current_date.ts'
import type { UpdateOperatorName } from './names.ts'
import { $pop } from './pop.ts'
import { $pull, $pullAll } from './pull.ts'
import { $push } from './push.ts'
import { $rename } from './rename.ts'
import { $set, $setOnInsert } from './set.ts'
import { $unset } from './unset.ts'

export const UPDATE_OPERATORS: Readonly<Record<UpdateOperatorName, UpdateOperator>> = {
  $addToSet,
  $bit,
  $currentDate,
  $inc,
  $max,
  $min,
  $mul,
  $pop,
  $pull,
  $pullAll,
  $push,
  $rename,
  $set,
  $setOnInsert,
  $unset,
}
