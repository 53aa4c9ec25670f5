import type { Deployment } from './deployment.ts'
import type { TestCase, TestFile } from './format.ts'
import { unmetRequirement } from './requirements.ts'

/**
 * The deployments that one lane of tests has: a replica set, one with authentication, a server by
 * itself. Each is started when a test comes that none of those before it is good for.
 */
export class Fleet {
  readonly #shapes: readonly (() => Promise<Deployment>)[]
  readonly #started: Promise<Deployment>[] = []

  constructor(shapes: readonly (() => Promise<Deployment>)[]) {
    this.#shapes = shapes
  }

  /** The first that a test is for; why the first of all is not, where there is none. */
  async find(file: TestFile, test: TestCase): Promise<Deployment | { readonly unmet: string }> {
    let reason: string | undefined
    for (const [i, start] of this.#shapes.entries()) {
      this.#started[i] ??= start()
      const deployment = await this.#started[i]
      const unmet =
        unmetRequirement(deployment, file.runOnRequirements) ??
        unmetRequirement(deployment, test.runOnRequirements)
      if (unmet === undefined) return deployment
      reason ??= unmet
    }
    return { unmet: reason ?? 'there is no deployment' }
  }

  async close(): Promise<void> {
    for (const started of this.#started) await (await started).close()
  }
}
