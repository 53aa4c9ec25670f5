/**
 * What a workload needs of a client: a small part of the driver's surface, so that the in-process
 * client and the official driver both will do.
 */
export interface WorkloadSession {
  startTransaction(options?: object): void
  commitTransaction(): Promise<unknown>
  abortTransaction(): Promise<unknown>
  endSession(): Promise<unknown>
}

export interface WorkloadCollection {
  findOne(filter: object, options?: object): Promise<Record<string, unknown> | null>
  updateOne(filter: object, update: object, options?: object): Promise<unknown>
  insertMany(documents: Record<string, unknown>[]): Promise<unknown>
}

export interface WorkloadDb {
  collection(name: string): WorkloadCollection
  createCollection(name: string): Promise<unknown>
  dropCollection(name: string): Promise<unknown>
}

export interface WorkloadClient {
  db(name?: string): WorkloadDb
  startSession(): WorkloadSession
}
