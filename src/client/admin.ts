import type { Document } from 'bson'
import { copyIn, copyValueIn } from '../bson/index.ts'
import { runCommand, runRead, wholeReply } from './operations/run_command.ts'
import type { ListDatabasesOptions, RunCommandOptions } from './options.ts'
import type { Scope } from './scope.ts'

export interface ListDatabasesResult extends Document {
  databases: ({ name: string; sizeOnDisk?: number; empty?: boolean } & Document)[]
  totalSize?: number
  totalSizeMb?: number
  ok: 1 | 0
}

/** Commands of the `admin` database, as the driver's class of that name. */
export class Admin {
  readonly #scope: Scope

  /** Made by `db.admin`. */
  constructor(scope: Scope) {
    this.#scope = scope
  }

  async command(command: Document, options?: RunCommandOptions): Promise<Document> {
    return runCommand(this.#scope, command, options)
  }

  async ping(options?: RunCommandOptions): Promise<Document> {
    return this.command({ ping: 1 }, options)
  }

  async buildInfo(options?: RunCommandOptions): Promise<Document> {
    return this.command({ buildinfo: 1 }, options)
  }

  async serverInfo(options?: RunCommandOptions): Promise<Document> {
    return this.command({ buildinfo: 1 }, options)
  }

  async serverStatus(options?: RunCommandOptions): Promise<Document> {
    return this.command({ serverStatus: 1 }, options)
  }

  async replSetGetStatus(options?: RunCommandOptions): Promise<Document> {
    return this.command({ replSetGetStatus: 1 }, options)
  }

  async listDatabases(options: ListDatabasesOptions = {}): Promise<ListDatabasesResult> {
    const command: Document = { listDatabases: 1 }
    if (typeof options.nameOnly === 'boolean') command['nameOnly'] = options.nameOnly
    if (options.filter) command['filter'] = copyIn(options.filter)
    if (typeof options.authorizedDatabases === 'boolean') {
      command['authorizedDatabases'] = options.authorizedDatabases
    }
    if (options.comment !== undefined) command['comment'] = copyValueIn(options.comment)
    return runRead(
      this.#scope,
      command,
      options,
      (reply) => wholeReply(reply, undefined) as ListDatabasesResult,
    )
  }
}
