import type { Document } from '../../bson/index.ts'
import type { Namespace, ProfiledOp } from '../../engine/index.ts'
import type { Invocation } from '../invocation.ts'
import type { RegisteredCommand } from '../registered_command.ts'
import { type LatencyClass, NamespaceUsage, newLatencies } from './namespace_usage.ts'

/**
 * What was done with each collection, and how long everything took: for `top`, `$collStats` and
 * `serverStatus`. Source: stats/top.cpp (8.0).
 *
 * A collection's counts go with its name: a dropped or renamed one has none.
 */
export class Usage {
  readonly #latencies = newLatencies()
  readonly #namespaces = new WeakMap<Namespace, NamespaceUsage>()
  /** Whom the last operation was about: most often the next one is about the same. */
  #recentNs: Namespace | undefined = undefined
  #recent: NamespaceUsage | undefined = undefined

  /**
   * An operation, or one statement of it, has ended.
   *
   * @param kind nothing for what is about no collection
   */
  record(
    { descriptor, server }: Invocation,
    kind: ProfiledOp | undefined,
    { db, coll }: Namespace,
    durationUs: number,
  ): void {
    const latency = latencyClassOf(descriptor)
    this.#latencies[latency].add(durationUs)
    if (kind === undefined || descriptor.target === 'database') return
    // Only the name that a collection itself has is kept: whoever finds none leaves no trace.
    const collection = server.services.catalog.latest(db, coll)
    if (collection === undefined) return
    this.#countedFor(collection.ns).add(kind, descriptor.writes, latency, durationUs)
  }

  /** Nothing of a collection that nobody used yet. */
  of(ns: Namespace): NamespaceUsage {
    return this.#namespaces.get(ns) ?? new NamespaceUsage()
  }

  /** Of everything, as `serverStatus` has it. */
  latencies(options: { readonly histograms: boolean }): Document {
    const { reads, writes, commands, transactions } = this.#latencies
    return {
      reads: reads.report(options),
      writes: writes.report(options),
      commands: commands.report(options),
      transactions: transactions.report(options),
    }
  }

  #countedFor(ns: Namespace): NamespaceUsage {
    if (this.#recentNs === ns && this.#recent !== undefined) return this.#recent
    let usage = this.#namespaces.get(ns)
    if (usage === undefined) {
      usage = new NamespaceUsage()
      this.#namespaces.set(ns, usage)
    }
    this.#recentNs = ns
    this.#recent = usage
    return usage
  }
}

/** Source: `Command::ReadWriteType` of each command. */
function latencyClassOf(descriptor: RegisteredCommand): LatencyClass {
  if (descriptor.endsTransaction) return 'transactions'
  if (descriptor.isRetryableWrite) return 'writes'
  return descriptor.readConcernLevels.length > 0 || descriptor.target === 'cursor'
    ? 'reads'
    : 'commands'
}
