/**
 * A client entity: the driver's own client, and what was heard of it, as its description wants:
 * events of commands, pools and monitoring, and log messages.
 */
import { type Document, MongoClient, type MongoClientOptions } from 'mongodb'
import type { Deployment } from './deployment.ts'
import { EventLog, type ObservedEvent } from './event_log.ts'
import { openInProcess } from './in_process_client.ts'
import { Failure, LeftOut } from './outcome.ts'
import { withOptions } from './uri.ts'

/** A log message of the driver, in the format's terms. */
export interface LogMessage {
  readonly level: string
  readonly component: string
  readonly data: Document
}

/** Monitors ask again after an error at the earliest after so long; the driver's default is 500. */
const MIN_HEARTBEAT_MS = 10

/**
 * How often monitors of a client ask whose test sets fail points, as the format allows; the
 * driver's default is every ten seconds.
 */
const HEARTBEAT_MS = 500

/** Long enough that no reply in a test is cut off. */
const LOG_LENGTH_MAX = 10_000

export class ObservedClient {
  readonly client: MongoClient
  readonly events: EventLog
  readonly logs: LogMessage[] = []

  /** @throws LeftOut for a description that this driver has no counterpart of */
  constructor(
    uri: string,
    description: Document,
    { failPoints, deployment }: { readonly failPoints: boolean; readonly deployment: Deployment },
  ) {
    if (description['autoEncryptOpts'] !== undefined) {
      throw new LeftOut('needs client-side encryption (libmongocrypt is not installed)')
    }
    const uriOptions = (description['uriOptions'] ?? {}) as Document
    const options = this.#options(description)
    if (failPoints && uriOptions['heartbeatFrequencyMS'] === undefined) {
      options.heartbeatFrequencyMS = HEARTBEAT_MS
    }
    this.client =
      deployment.sim === undefined
        ? new MongoClient(withOptions(uri, uriOptions), options)
        : openInProcess(deployment.sim, description)
    this.events = new EventLog(this.client, description)
    // Entities of a test live shorter than this, and may be many.
    this.client.setMaxListeners(0)
  }

  /** Connects; where the test says so, it waits until the pool is filled as its options want. */
  async connect(description: Document): Promise<void> {
    const waitMs = description['awaitMinPoolSizeMS'] as number | undefined
    const size = Number(description['uriOptions']?.['minPoolSize'] ?? 0)
    if (waitMs === undefined || size === 0) {
      await this.client.connect()
      return
    }
    let ready = 0
    const filled = new Promise<void>((resolve) => {
      this.client.on('connectionReady', () => {
        if (++ready === size) resolve()
      })
    })
    await this.client.connect()
    const late = new Failure(`the pool was not filled within ${waitMs} ms`)
    await Promise.race([filled, failAfter(waitMs, late)])
    this.events.forgetAllButCommands()
  }

  stopObserving(): void {
    this.events.stop()
  }

  eventsOf(category: ObservedEvent['category']): readonly ObservedEvent[] {
    return this.events.all.filter((event) => event.category === category)
  }

  #options(description: Document): MongoClientOptions {
    const { serverApi, observeLogMessages } = description
    const options: MongoClientOptions & { __skipPingOnConnect: boolean } = {
      monitorCommands: true,
      minHeartbeatFrequencyMS: MIN_HEARTBEAT_MS,
      // Otherwise a client with credentials pings as it connects, and tests see one command more.
      __skipPingOnConnect: true,
    }
    if (serverApi !== undefined) options.serverApi = serverApi
    if (observeLogMessages === undefined) return options
    return {
      ...options,
      mongodbLogComponentSeverities: observeLogMessages,
      mongodbLogMaxDocumentLength: LOG_LENGTH_MAX,
      mongodbLogPath: {
        write: (log) => {
          const { s: level, c: component, ...data } = log
          this.logs.push({ level, component, data: { ...data } })
        },
      },
    }
  }
}

/** Rejects after so long; nobody waits for the timer. */
export function failAfter(ms: number, error: Error): Promise<never> {
  return new Promise((_, reject) => {
    setTimeout(() => reject(error), ms).unref()
  })
}
