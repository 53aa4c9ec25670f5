import type { Document } from 'bson'

/** One statement of a bulk write that the server refused. */
export interface WriteErrorFields {
  readonly code: number
  /** The statement's place in what the caller gave. */
  readonly index: number
  readonly errmsg: string | undefined
  readonly errInfo: Document | undefined
  /** The document that was to be inserted, or the update or delete statement. */
  readonly op: Document
}

export class WriteError {
  readonly err: WriteErrorFields

  constructor(err: WriteErrorFields) {
    this.err = err
  }

  get code(): number {
    return this.err.code
  }

  get index(): number {
    return this.err.index
  }

  get errmsg(): string | undefined {
    return this.err.errmsg
  }

  get errInfo(): Document | undefined {
    return this.err.errInfo
  }

  getOperation(): Document {
    return this.err.op
  }

  toJSON(): { code: number; index: number; errmsg: string | undefined; op: Document } {
    const { code, index, errmsg, op } = this.err
    return { code, index, errmsg, op }
  }

  toString(): string {
    return `WriteError(${JSON.stringify(this.toJSON())})`
  }
}

/** A write concern that was not met, of one batch of a bulk write. */
export interface WriteConcernErrorFields {
  readonly code: number
  readonly errmsg: string
  readonly errInfo?: Document
}

export class WriteConcernError {
  readonly #fields: WriteConcernErrorFields

  constructor(fields: WriteConcernErrorFields) {
    this.#fields = fields
  }

  get code(): number {
    return this.#fields.code
  }

  get errmsg(): string {
    return this.#fields.errmsg
  }

  get errInfo(): Document | undefined {
    return this.#fields.errInfo
  }

  toJSON(): WriteConcernErrorFields {
    return this.#fields
  }

  toString(): string {
    return `WriteConcernError(${this.errmsg})`
  }
}
