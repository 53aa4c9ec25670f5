import type { ClientBulkWriteModel, Document } from 'mongodb'
import { openStream } from './cursor.ts'
import type { OperationsOf } from './table.ts'

export const clientOperations: OperationsOf<'client'> = {
  appendMetadata({ client }, { driverInfoOptions }) {
    client.appendMetadata(driverInfoOptions)
  },
  clientBulkWrite({ client }, { models, ...options }) {
    return client.bulkWrite((models as Document[]).map(namedModel), options)
  },
  close({ client }) {
    return client.close()
  },
  createChangeStream({ client }, { pipeline, ...options }) {
    return openStream(client.watch(pipeline, options))
  },
  dropDatabase({ client }, { database, ...options }) {
    return client.db(database).dropDatabase(options)
  },
  async listDatabaseNames({ client }, options) {
    const { databases } = await client
      .db()
      .admin()
      .listDatabases({ nameOnly: true, ...options })
    return databases.map(({ name }) => name)
  },
  async listDatabases({ client }, options) {
    return (await client.db().admin().listDatabases(options)).databases
  },
}

/** The format nests a model in its name; the driver has the name inside. */
function namedModel(model: Document): ClientBulkWriteModel<Document> {
  const [name, fields] = Object.entries(model)[0] ?? []
  return { name, ...fields } as ClientBulkWriteModel<Document>
}
