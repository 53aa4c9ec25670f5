/**
 * Whatever is retried, saved and restored in between: what was acknowledged has been applied once.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Document } from '../../src/bson/index.ts'
import type { EngineSave } from '../../src/engine/index.ts'
import { documentsOf, findAll, makeBench, retryable } from './harness.ts'

type Kind = 'update' | 'upsert' | 'insert' | 'delete' | 'modify' | 'batch'

type Action =
  | { readonly type: 'write'; readonly session: number; readonly kind: Kind; readonly id: number }
  | { readonly type: 'retry'; readonly session: number }
  | { readonly type: 'save' | 'restore' }

const session = fc.integer({ min: 1, max: 3 })
const id = fc.integer({ min: 0, max: 3 })
const kind = fc.constantFrom<Kind>('update', 'upsert', 'insert', 'delete', 'modify', 'batch')
const actions: fc.Arbitrary<Action[]> = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: fc.record({ type: fc.constant('write' as const), session, kind, id }) },
    { weight: 5, arbitrary: fc.record({ type: fc.constant('retry' as const), session }) },
    { weight: 1, arbitrary: fc.record({ type: fc.constantFrom('save', 'restore') }) },
  ),
  { maxLength: 40 },
) as fc.Arbitrary<Action[]>

const inc = { $inc: { value: 1 } }
const COMMANDS: Readonly<Record<Kind, (id: number) => Document>> = {
  update: (_id) => ({ update: 'demo', updates: [{ q: { _id }, u: inc }] }),
  upsert: (_id) => ({ update: 'demo', updates: [{ q: { _id }, u: inc, upsert: true }] }),
  insert: (_id) => ({
    insert: 'demo',
    documents: [
      { _id, value: 0 },
      { _id: 9, value: 0 },
    ],
  }),
  delete: (_id) => ({ delete: 'demo', deletes: [{ q: { _id }, limit: 1 }] }),
  modify: (_id) => ({ findAndModify: 'demo', query: { _id }, update: inc }),
  batch: (_id) => ({
    update: 'demo',
    updates: [_id, (_id + 1) % 4, _id].map((each) => ({ q: { _id: each }, u: inc })),
  }),
}

/** Documents and, for each session, which statements of its last command changed something. */
interface Model {
  readonly values: Map<number, number>
  readonly done: Map<number, { readonly number: number; readonly statements: Set<number> }>
}

function apply(model: Model, command: Document, number: number, at: number): void {
  const known = model.done.get(at)
  const done = known?.number === number ? known : { number, statements: new Set<number>() }
  statementsOf(command).every((change, i) => {
    if (done.statements.has(i)) return true
    const outcome = change(model.values)
    if (outcome === 'changed') done.statements.add(i)
    return outcome !== 'failed'
  })
  // A session's record is that of its last command that changed something.
  if (done.statements.size > 0) model.done.set(at, done)
}

type Change = (values: Map<number, number>) => 'changed' | 'nothing' | 'failed'

function statementsOf(command: Document): Change[] {
  const add =
    (_id: number, upsert: boolean): Change =>
    (values) => {
      if (!values.has(_id) && !upsert) return 'nothing'
      values.set(_id, (values.get(_id) ?? 0) + 1)
      return 'changed'
    }
  if (command['insert'] !== undefined) {
    return (command['documents'] as { _id: number }[]).map(({ _id }) => (values) => {
      if (values.has(_id)) return 'failed'
      values.set(_id, 0)
      return 'changed'
    })
  }
  if (command['delete'] !== undefined) {
    const [statement] = command['deletes'] as Statement[]
    return [(values) => (values.delete(statement!.q._id) ? 'changed' : 'nothing')]
  }
  if (command['findAndModify'] !== undefined) {
    return [add((command['query'] as { _id: number })._id, false)]
  }
  return (command['updates'] as Statement[]).map(({ q, upsert }) => add(q._id, upsert === true))
}

interface Statement {
  readonly q: { readonly _id: number }
  readonly upsert?: boolean
}

const copyOf = ({ values, done }: Model): Model => ({
  values: new Map(values),
  done: new Map(
    [...done].map(([at, { number, statements }]) => [
      at,
      { number, statements: new Set(statements) },
    ]),
  ),
})

async function play(steps: readonly Action[]): Promise<void> {
  const bench = makeBench({ manual: true })
  let model: Model = {
    values: new Map([
      [0, 0],
      [1, 0],
    ]),
    done: new Map(),
  }
  await bench.run({ insert: 'demo', documents: [0, 1].map((_id) => ({ _id, value: 0 })) })
  let saved: { save: EngineSave; model: Model } | undefined
  const last = new Map<number, Document>()
  let number = 0
  for (const step of steps) {
    if (step.type === 'save') saved = { save: bench.engine.save(), model: copyOf(model) }
    if (step.type === 'restore' && saved !== undefined) {
      bench.engine.restore(saved.save)
      model = copyOf(saved.model)
    }
    if (step.type === 'write')
      last.set(step.session, retryable(step.session, ++number, COMMANDS[step.kind](step.id)))
    if (step.type !== 'write' && step.type !== 'retry') continue
    const command = last.get(step.session)
    if (command === undefined) continue
    expect(await bench.run(command)).toMatchObject({ ok: 1 })
    apply(model, command, Number(command['txnNumber']), step.session)
    const documents = documentsOf(await bench.run(findAll()))
    expect(new Map(documents.map(({ _id, value }) => [_id, value]))).toEqual(model.values)
  }
  bench.stop()
}

test('every acknowledged write is applied exactly once', async () => {
  await fc.assert(fc.asyncProperty(actions, play), { numRuns: 150 })
})
