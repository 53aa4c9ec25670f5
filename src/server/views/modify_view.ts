import type { Document } from '../../bson/index.ts'
import { modifyView, ServerError, type ViewDefinition } from '../../engine/index.ts'
import type { Operation } from '../../sim/index.ts'
import type { Invocation } from '../invocation.ts'
import { checkViewPipeline } from './create_view.ts'

/** Options of `collMod` that are a collection's only. */
const OF_COLLECTIONS = [
  'index',
  'validator',
  'validationLevel',
  'validationAction',
  'changeStreamPreAndPostImages',
  'cappedSize',
  'cappedMax',
]

/** `collMod` of a view: another foundation, or pipeline, or both. Source: coll_mod.cpp (8.0). */
export function* modifyViewAs(invocation: Invocation, view: ViewDefinition): Operation<Document> {
  const { op, command } = invocation
  for (const name of OF_COLLECTIONS) {
    if (command[name] === undefined) continue
    throw new ServerError('InvalidOptions', `option not supported on a view: ${name}`)
  }
  const viewOn = (command['viewOn'] ?? view.viewOn) as string
  const pipeline = (command['pipeline'] ?? view.pipeline) as Document[]
  checkViewPipeline(invocation, view.ns, { viewOn, pipeline })
  yield* modifyView(op, view.ns, { viewOn, pipeline })
  invocation.wrote = true
  return { ok: 1 }
}
