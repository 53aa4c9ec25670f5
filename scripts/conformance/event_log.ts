/** The events that one client published, of the types that its test observes. */
import { EventEmitter } from 'node:events'
import type { Document, MongoClient } from 'mongodb'
import { snapshot } from './match/values.ts'

export interface ObservedEvent {
  readonly category: 'command' | 'cmap' | 'sdam'
  /** The format's name of it, such as `commandStartedEvent`. */
  readonly type: string
  readonly event: Document
}

/** Commands whose content drivers never show. Source: command-logging-and-monitoring, "Security". */
const SENSITIVE: ReadonlySet<string> = new Set([
  'authenticate',
  'saslStart',
  'saslContinue',
  'getnonce',
  'createUser',
  'updateUser',
  'copydbgetnonce',
  'copydbsaslstart',
  'copydb',
])

const HELLOS: ReadonlySet<string> = new Set(['hello', 'ismaster', 'isMaster'])

/** Said `changed` whenever an event has come. */
export class EventLog extends EventEmitter {
  #events: ObservedEvent[] = []
  readonly #ignored: ReadonlySet<string>
  readonly #showsSensitive: boolean
  readonly #stop: (() => void)[] = []
  #checkedOut = 0

  constructor(client: MongoClient, description: Document) {
    super()
    this.setMaxListeners(0)
    const { ignoreCommandMonitoringEvents = [], observeSensitiveCommands } = description
    this.#ignored = new Set(['configureFailPoint', ...ignoreCommandMonitoringEvents])
    this.#showsSensitive = observeSensitiveCommands === true
    const observed = (description['observeEvents'] ?? []) as string[]
    for (const type of observed) this.#observe(client, type)
    client.on('connectionCheckedOut', () => this.#checkedOut++)
    client.on('connectionCheckedIn', () => this.#checkedOut--)
  }

  get all(): readonly ObservedEvent[] {
    return this.#events
  }

  /** Connections that somebody holds now. */
  get checkedOut(): number {
    return this.#checkedOut
  }

  stop(): void {
    for (const stop of this.#stop) stop()
  }

  /** What happened while a pool was filled is not part of the test. */
  forgetAllButCommands(): void {
    this.#events = this.#events.filter(({ category }) => category === 'command')
  }

  #observe(client: MongoClient, type: string): void {
    const category = categoryOf(type)
    const listener = (event: Document): void => {
      if (category === 'command' && this.#isHidden(event)) return
      this.#events.push({ category, type, event: category === 'command' ? copyOf(event) : event })
      this.emit('changed')
    }
    const emitter = client as unknown as EventEmitter
    const name = driverNameOf(type)
    emitter.on(name, listener)
    this.#stop.push(() => emitter.off(name, listener))
  }

  #isHidden(event: Document): boolean {
    const { commandName } = event
    if (this.#ignored.has(commandName)) return true
    if (this.#showsSensitive) return false
    if (SENSITIVE.has(commandName)) return true
    // A hello that authenticates is shown as an empty document.
    const content = event['command'] ?? event['reply']
    return HELLOS.has(commandName) && content !== undefined && Object.keys(content).length === 0
  }
}

/** The driver changes a command that it sends again: keep what it was. */
function copyOf(event: Document): Document {
  const { command, reply, commandName, databaseName, serviceId, serverConnectionId } = event
  const copy = { commandName, databaseName, serviceId, serverConnectionId }
  if (command !== undefined) return { ...copy, command: snapshot(command) }
  return reply === undefined ? copy : { ...copy, reply: snapshot(reply) }
}

function categoryOf(type: string): ObservedEvent['category'] {
  if (type.startsWith('command')) return 'command'
  return type.startsWith('pool') || type.startsWith('connection') ? 'cmap' : 'sdam'
}

/** `poolClearedEvent` is `connectionPoolCleared` to the driver. */
function driverNameOf(type: string): string {
  const name = type.replace(/Event$/, '')
  return name.startsWith('pool') ? `connectionP${name.slice(1)}` : name
}
