/**
 * The entity map of one test: clients, databases, collections, sessions, buckets, cursors, threads
 * and saved values, by name. A name is given once; what it stands for is of one kind.
 */
import type {
  AbstractCursor,
  ChangeStream,
  ClientSession,
  Collection,
  Db,
  GridFSBucket,
  TopologyDescription,
} from 'mongodb'
import type { ObservedClient } from './observed_client.ts'
import { Failure } from './outcome.ts'
import type { TestThread } from './thread.ts'

/** What each kind of entity is. */
export interface EntityKinds {
  client: ObservedClient
  database: Db
  collection: Collection
  session: ClientSession
  bucket: GridFSBucket
  cursor: AbstractCursor | ChangeStream
  thread: TestThread
  topology: TopologyDescription
  /** Any BSON value. */
  value: unknown
}

export type EntityKind = keyof EntityKinds

export type Entity = {
  [K in EntityKind]: { readonly kind: K; readonly value: EntityKinds[K] }
}[EntityKind]

export class EntityMap {
  readonly #entities = new Map<string, Entity>()

  /** @throws Failure where the name is taken */
  add(name: string, entity: Entity): void {
    if (this.#entities.has(name)) throw new Failure(`there is an entity '${name}' already`)
    this.#entities.set(name, entity)
  }

  /** @throws Failure where there is none of that name */
  find(name: string): Entity {
    const entity = this.#entities.get(name)
    if (entity === undefined) throw new Failure(`there is no entity '${name}'`)
    return entity
  }

  /** @throws Failure where there is none, or one of another kind */
  get<K extends EntityKind>(kind: K, name: string): EntityKinds[K] {
    const entity = this.find(name)
    if (entity.kind !== kind) throw new Failure(`'${name}' is a ${entity.kind}, and no ${kind}`)
    return entity.value as EntityKinds[K]
  }

  all<K extends EntityKind>(kind: K): EntityKinds[K][] {
    const found: EntityKinds[K][] = []
    for (const entity of this.#entities.values()) {
      if (entity.kind === kind) found.push(entity.value as EntityKinds[K])
    }
    return found
  }

  /** Ends whatever a test left open; errors of ending it are nobody's business. */
  async close(): Promise<void> {
    for (const cursor of this.all('cursor')) await ignoreErrors(cursor.close())
    for (const session of this.all('session')) await ignoreErrors(session.endSession())
    await Promise.all(this.all('client').map(({ client }) => ignoreErrors(client.close())))
    this.#entities.clear()
  }
}

async function ignoreErrors(ending: Promise<unknown>): Promise<void> {
  try {
    await ending
  } catch {
    // The test has its verdict.
  }
}
