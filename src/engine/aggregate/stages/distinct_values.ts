import { type Document, encodeKeyString } from '../../../bson/index.ts'
import { elementsAlongPath } from '../../exec/elements_along_path.ts'
import { BlockingFlow, type Flow } from '../flow.ts'
import type { Stage } from '../stage.ts'

/**
 * One document with the different values that a field has, in the order in which they are met: what
 * becomes of `distinct` on a view. Nobody can write this stage in a pipeline.
 */
export function distinctValuesStage(key: string): Stage {
  const path = key.split('.')
  return { name: '$distinct', spec: key, open: (input) => new DistinctFlow(input, path) }
}

class DistinctFlow extends BlockingFlow {
  readonly #path: readonly string[]
  readonly #values = new Map<string, unknown>()

  constructor(input: Flow, path: readonly string[]) {
    super(input)
    this.#path = path
  }

  protected override take(document: Document): void {
    elementsAlongPath(document, this.#path, (value) => {
      const encoded = encodeKeyString([value], [1])
      if (!this.#values.has(encoded)) this.#values.set(encoded, value)
    })
  }

  protected override finish(): Iterable<Document> {
    return [{ values: [...this.#values.values()] }]
  }
}
