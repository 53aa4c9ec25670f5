/** From the descriptions of entities, in a file or in an operation, to the entities. */
import {
  type ClientSessionOptions,
  type Document,
  GridFSBucket,
  type GridFSBucketOptions,
} from 'mongodb'
import type { Entity } from './entities.ts'
import type { EntityDescription } from './format.ts'
import { ObservedClient } from './observed_client.ts'
import { driverOptions } from './options.ts'
import { Failure, LeftOut } from './outcome.ts'
import type { TestRun } from './test_run.ts'
import { TestThread } from './thread.ts'

type Creator = (run: TestRun, description: Document) => Entity | Promise<Entity>

const CREATORS: Readonly<Record<string, Creator>> = {
  async client(run, description) {
    if (description['observeTracingMessages'] !== undefined) {
      throw new LeftOut('the driver makes no OpenTelemetry spans')
    }
    const preference = description['uriOptions']?.['readPreference']
    if (preference === 'secondary' && run.deployment.members === 1) {
      throw new LeftOut('reads from a secondary, which a set of one member has not')
    }
    const client = new ObservedClient(run.deployment.uri, description, run)
    try {
      await client.connect(description)
    } catch (error) {
      await client.client.close()
      throw error
    }
    return { kind: 'client', value: client }
  },

  database(run, { client, databaseName, databaseOptions }) {
    const options = driverOptions(run.entities, databaseOptions)
    return { kind: 'database', value: clientOf(run, client).db(databaseName, options) }
  },

  collection(run, { database, collectionName, collectionOptions }) {
    const options = driverOptions(run.entities, collectionOptions)
    const db = run.entities.get('database', database)
    return { kind: 'collection', value: db.collection(collectionName, options) }
  },

  session(run, { client, sessionOptions }) {
    const options = sessionOptionsOf(run, sessionOptions ?? {})
    const session = clientOf(run, client).startSession(options)
    if ('snapshotTime' in options && !('snapshotTime' in session && session.snapshotTime)) {
      throw new LeftOut('sessions of the driver take no snapshotTime')
    }
    return { kind: 'session', value: session }
  },

  bucket(run, { database, bucketOptions }) {
    const options = driverOptions(run.entities, bucketOptions) as GridFSBucketOptions
    return {
      kind: 'bucket',
      value: new GridFSBucket(run.entities.get('database', database), options),
    }
  },

  thread() {
    return { kind: 'thread', value: new TestThread() }
  },

  clientEncryption() {
    throw new LeftOut('needs client-side encryption (libmongocrypt is not installed)')
  },
}

/** @throws Failure for one that cannot be made, LeftOut for what this driver lacks */
export async function createEntities(
  run: TestRun,
  descriptions: readonly EntityDescription[],
): Promise<void> {
  for (const one of descriptions) {
    const [kind = '', description = {}] = Object.entries(one)[0] ?? []
    const create = CREATORS[kind]
    if (create === undefined) throw new Failure(`there is no kind of entity '${kind}'`)
    run.entities.add(description['id'], await create(run, description))
  }
}

function clientOf(run: TestRun, name: string): ObservedClient['client'] {
  return run.entities.get('client', name).client
}

function sessionOptionsOf(run: TestRun, given: Document): ClientSessionOptions {
  const { defaultTransactionOptions, snapshotTime, ...others } = given
  const options: Document = { ...others }
  if (defaultTransactionOptions !== undefined) {
    options['defaultTransactionOptions'] = driverOptions(run.entities, defaultTransactionOptions)
  }
  // The name of the value that an earlier session's snapshot time was saved by.
  if (snapshotTime !== undefined) options['snapshotTime'] = run.savedValue(snapshotTime)
  return options
}
