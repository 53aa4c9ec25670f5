import { type Document, isDocument, isNumeric, numberToDouble } from '../bson/index.ts'
import { ServerError } from '../engine/index.ts'

/** The parts of the server that say how much they log, and their parts. Source: log_component.h */
const COMPONENTS: Readonly<Record<string, readonly string[]>> = {
  accessControl: [],
  assert: [],
  command: [],
  control: [],
  executor: [],
  ftdc: [],
  geo: [],
  index: [],
  network: ['asio', 'bridge', 'connectionPool'],
  processHealth: [],
  query: [],
  queryStats: [],
  replication: ['election', 'heartbeats', 'initialSync', 'rollback'],
  sharding: ['rangeDeleter', 'shardingCatalogRefresh', 'migration'],
  storage: ['journal', 'recovery', 'wt'],
  transaction: [],
  write: [],
}

/** Of a component that logs as much as the one it is part of. */
const INHERITED = -1

/** As much as that, and every operation counts as one to be logged. */
const VERBOSITY_OF_OPERATIONS = 1

/**
 * How much is logged of what, from 0 to 5. There is no log here: what a verbosity changes is which
 * operations the trace shows as slow. Source: log_component_settings.cpp (8.0).
 */
export class LogComponents {
  #verbosity = 0
  /** By dotted name; those that inherit have no entry. */
  readonly #own = new Map<string, number>()

  get verbosity(): number {
    return this.#verbosity
  }

  set verbosity(level: number) {
    this.#verbosity = level
  }

  /** Whether every operation is logged, however quick. Source: log_with_sampling.h */
  get logsOperations(): boolean {
    return (this.#own.get('command') ?? this.#verbosity) >= VERBOSITY_OF_OPERATIONS
  }

  get document(): Document {
    const entry = (name: string): Document => ({ verbosity: this.#own.get(name) ?? INHERITED })
    const described = Object.entries(COMPONENTS).map(([name, parts]) => {
      const nested = parts.map((part) => [part, entry(`${name}.${part}`)])
      return [name, { ...entry(name), ...Object.fromEntries(nested) }]
    })
    return { verbosity: this.#verbosity, ...Object.fromEntries(described) }
  }

  /**
   * Changes what the document names, and nothing unless all of it is good.
   *
   * @throws ServerError BadValue. Source: parseLogComponentSettings, log_component_settings.cpp
   */
  change(given: unknown): void {
    if (!isDocument(given)) {
      throw new ServerError(
        'TypeMismatch',
        'log component verbosity is not a BSON object: logComponentVerbosity',
      )
    }
    for (const [name, level] of settingsIn(given, '')) {
      if (name === '') this.#verbosity = Math.max(level, 0)
      else if (level < 0) this.#own.delete(name)
      else this.#own.set(name, level)
    }
  }
}

/** The levels that a document sets, by dotted name; the empty one is for all. */
function settingsIn(given: Document, of: string): [name: string, level: number][] {
  return Object.entries(given).flatMap(([field, value]): [string, number][] => {
    if (field === 'verbosity') return [[of, levelOf(value)]]
    const name = of === '' ? field : `${of}.${field}`
    if (!isComponent(name)) throw bad(`Invalid component name ${name}`)
    if (isNumeric(value)) return [[name, levelOf(value)]]
    if (isDocument(value)) return settingsIn(value, name)
    throw bad(`Invalid type ${typeof value} for component ${name}`)
  })
}

function isComponent(name: string): boolean {
  const [component = '', part, ...more] = name.split('.')
  const parts = Object.hasOwn(COMPONENTS, component) ? COMPONENTS[component] : undefined
  if (parts === undefined || more.length > 0) return false
  return part === undefined || parts.includes(part)
}

function levelOf(value: unknown): number {
  if (isNumeric(value)) return Math.trunc(numberToDouble(value))
  throw bad('Expected a number for the verbosity')
}

const bad = (message: string): ServerError => new ServerError('BadValue', message)
