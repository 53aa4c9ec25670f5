import { type Document, isDocument, isNumeric, numberToDouble } from '../../../bson/index.ts'
import { ServerError } from '../../errors.ts'
import type { Runtime } from '../../expression/index.ts'
import { BlockingFlow, type Flow } from '../flow.ts'
import type { StageDescriptor } from '../stage.ts'

/** So many documents by chance. Source: document_source_sample.cpp (8.0). */
export const sample: StageDescriptor = {
  name: '$sample',
  parse(spec, { expressions }) {
    const size = sizeOf(spec)
    return { open: (input) => new SampleFlow(input, size, expressions.runtime) }
  },
}

function sizeOf(spec: unknown): number {
  if (!isDocument(spec)) {
    throw new ServerError(28745, 'the $sample stage specification must be an object')
  }
  for (const name in spec) {
    if (name === 'size') continue
    throw new ServerError(28748, `unrecognized option to $sample: ${name}`)
  }
  const { size } = spec
  if (size === undefined) throw new ServerError(28749, '$sample stage must specify a size')
  if (!isNumeric(size)) throw new ServerError(28746, 'size argument to $sample must be a number')
  const count = Math.trunc(numberToDouble(size))
  if (count > 0) return count
  throw new ServerError(28747, 'size argument to $sample must be a positive integer')
}

class SampleFlow extends BlockingFlow {
  readonly #size: number
  readonly #runtime: Runtime
  readonly #documents: Document[] = []

  constructor(input: Flow, size: number, runtime: Runtime) {
    super(input)
    this.#size = size
    this.#runtime = runtime
  }

  protected override take(document: Document): void {
    this.#documents.push(document)
  }

  /** The beginning of a shuffle (Fisher and Yates). */
  protected override finish(): Iterable<Document> {
    const documents = this.#documents
    const size = Math.min(this.#size, documents.length)
    for (let i = 0; i < size; i++) {
      const other = i + Math.floor(this.#runtime.random() * (documents.length - i))
      const chosen = documents[other]!
      documents[other] = documents[i]!
      documents[i] = chosen
    }
    return documents.slice(0, size)
  }
}
