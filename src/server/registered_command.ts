import type { Document } from '../bson/index.ts'
import type { ProfiledOp } from '../engine/index.ts'
import type { MaybeOperation } from '../sim/index.ts'
import type { CommandDescriptor, SecondaryAllowed, Target } from './descriptor.ts'
import { ENVELOPE_FIELDS } from './envelope.ts'
import { type FieldTable, fieldTable } from './fields.ts'
import type { Invocation } from './invocation.ts'

/**
 * A command with its defaults filled in and its fields joined with those of the envelope. Every
 * command passes through the same code, so all of them have this one shape.
 */
export class RegisteredCommand {
  readonly name: string
  readonly aliases: readonly string[]
  /** Where its `lsid` is, as messages have it. */
  readonly lsidPath: string
  readonly target: Target
  readonly adminOnly: boolean
  readonly secondaryAllowed: SecondaryAllowed
  readonly maintenanceOk: boolean
  readonly allowedInTransaction: boolean
  readonly endsTransaction: boolean
  readonly isRetryableWrite: boolean
  readonly inApiVersion1: boolean
  readonly supportsWriteConcern: boolean
  readonly readConcernLevels: readonly string[]
  readonly countsAsCommand: boolean
  readonly endsWithClient: boolean
  readonly profiledAs: ProfiledOp | undefined
  readonly writes: boolean
  readonly creates: boolean
  readonly beforeAuthentication: boolean
  readonly run: (invocation: Invocation) => MaybeOperation<Document>
  readonly #makeTable: () => FieldTable
  #table: FieldTable | undefined = undefined

  constructor(descriptor: CommandDescriptor) {
    const { fields, required = [], strict = true } = descriptor
    this.name = descriptor.name
    this.lsidPath = `${descriptor.name}.lsid`
    this.aliases = descriptor.aliases ?? []
    this.target = descriptor.target
    this.#makeTable = () => fieldTable({ ...ENVELOPE_FIELDS, ...fields }, { required, strict })
    this.adminOnly = descriptor.adminOnly ?? false
    this.secondaryAllowed = descriptor.secondaryAllowed ?? 'never'
    this.maintenanceOk = descriptor.maintenanceOk ?? true
    this.allowedInTransaction = descriptor.allowedInTransaction ?? false
    this.endsTransaction = descriptor.endsTransaction ?? false
    this.isRetryableWrite = descriptor.isRetryableWrite ?? false
    this.inApiVersion1 = descriptor.inApiVersion1 ?? false
    this.supportsWriteConcern = descriptor.supportsWriteConcern ?? false
    this.readConcernLevels = descriptor.readConcernLevels ?? []
    this.countsAsCommand = descriptor.countsAsCommand ?? false
    this.endsWithClient = descriptor.endsWithClient ?? false
    this.profiledAs = descriptor.profiledAs
    this.writes = descriptor.writes ?? false
    this.creates = descriptor.creates ?? false
    this.beforeAuthentication = descriptor.beforeAuthentication ?? false
    this.run = descriptor.run
  }
  /** Made when the command comes for the first time: most programs send but a few. */
  get table(): FieldTable {
    this.#table ??= this.#makeTable()
    return this.#table
  }
}
