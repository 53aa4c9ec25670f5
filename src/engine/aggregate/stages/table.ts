import type { StageDescriptor } from '../stage.ts'
import { addFields, set } from './add_fields.ts'
import { count } from './count.ts'
import { documents } from './documents.ts'
import { group } from './group.ts'
import { limit } from './limit.ts'
import { match } from './match.ts'
import { project } from './project.ts'
import { replaceRoot, replaceWith } from './replace_root.ts'
import { skip } from './skip.ts'
import { sort } from './sort.ts'
import { unset } from './unset.ts'

const DESCRIPTORS: readonly StageDescriptor[] = [
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
