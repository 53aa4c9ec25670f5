import type { StageDescriptor } from '../stage.ts'
import { addFields, set } from './add_fields.ts'
import { bucket } from './bucket.ts'
import { bucketAuto } from './bucket_auto.ts'
import { count } from './count.ts'
import { documents } from './documents.ts'
import { facet } from './facet.ts'
import { graphLookup } from './graph_lookup.ts'
import { group } from './group.ts'
import { limit } from './limit.ts'
import { lookup } from './lookup.ts'
import { match } from './match.ts'
import { merge } from './merge.ts'
import { out } from './out.ts'
import { project } from './project.ts'
import { redact } from './redact.ts'
import { replaceRoot, replaceWith } from './replace_root.ts'
import { sample } from './sample.ts'
import { skip } from './skip.ts'
import { sort } from './sort.ts'
import { sortByCount } from './sort_by_count.ts'
import { unionWith } from './union_with.ts'
import { unset } from './unset.ts'
import { unwind } from './unwind.ts'

const DESCRIPTORS: readonly StageDescriptor[] = [
  unwind,
  unionWith,
  sortByCount,
  sample,
  redact,
  out,
  merge,
  lookup,
  graphLookup,
  facet,
  bucketAuto,
  bucket,
  addFields,
  count,
  documents,
  group,
  limit,
  match,
  project,
  replaceRoot,
  replaceWith,
  set,
  skip,
  sort,
  unset,
]

/** The stages that need nothing but documents, by name. */
export const STAGES: ReadonlyMap<string, StageDescriptor> = new Map(
  DESCRIPTORS.map((descriptor) => [descriptor.name, descriptor]),
)
