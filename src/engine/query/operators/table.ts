/** Every query operator and its descriptor; a name without one does not compile. */
import type { PathOperator, TopLevelOperator } from '../operator.ts'
import { $all } from './all.ts'
import { $bitsAllClear, $bitsAllSet, $bitsAnyClear, $bitsAnySet } from './bits.ts'
import { $expr, $sampleRate } from './computed.ts'
import { $alwaysFalse, $alwaysTrue, $comment, $db, $id, $ref } from './constant.ts'
import { $elemMatch } from './elem_match.ts'
import { $eq, $ne } from './equality.ts'
import { $exists } from './exists.ts'
import { $in, $nin } from './in.ts'
import { $jsonSchema } from './json_schema.ts'
import { $and, $nor, $or } from './logical.ts'
import { $mod } from './mod.ts'
import type { PathOperatorName, TopLevelOperatorName } from './names.ts'
import { $not } from './not.ts'
import { $gt, $gte, $lt, $lte } from './range.ts'
import { $options, $regex } from './regex.ts'
import { $size } from './size.ts'
import { $type } from './type.ts'
import { unsupportedPathOperator, unsupportedTopLevelOperator } from './unsupported.ts'

export const PATH_OPERATORS: Readonly<Record<PathOperatorName, PathOperator>> = {
  $all,
  $bitsAllClear,
  $bitsAllSet,
  $bitsAnyClear,
  $bitsAnySet,
  $elemMatch,
  $eq,
  $exists,
  $geoIntersects: unsupportedPathOperator('$geoIntersects'),
  $geoNear: unsupportedPathOperator('$geoNear'),
  $geoWithin: unsupportedPathOperator('$geoWithin'),
  $gt,
  $gte,
  $in,
  $lt,
  $lte,
  $mod,
  $ne,
  $near: unsupportedPathOperator('$near'),
  $nearSphere: unsupportedPathOperator('$nearSphere'),
  $nin,
  $not,
  $options,
  $regex,
  $size,
  $type,
  $within: unsupportedPathOperator('$within'),
}

export const TOP_LEVEL_OPERATORS: Readonly<Record<TopLevelOperatorName, TopLevelOperator>> = {
  $alwaysFalse,
  $alwaysTrue,
  $and,
  $comment,
  $db,
  $expr,
  $id,
  $jsonSchema,
  $nor,
  $or,
  $ref,
  $sampleRate,
  $text: unsupportedTopLevelOperator('$text'),
  $where: unsupportedTopLevelOperator('$where'),
}
