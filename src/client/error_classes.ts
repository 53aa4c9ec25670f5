/** Makes the classes that `errors.ts` describes, and derives those an application did not give. */
import type { Document } from 'bson'
import type { BulkWriteResult } from './bulk/bulk_write_result.ts'
import type { ClientBulkWriteResult } from './bulk/client_bulk_write_result.ts'
import type { WriteError } from './bulk/write_error.ts'
import {
  type BulkWriteErrorClass,
  type ErrorClasses,
  type ErrorDescription,
  type GivenErrorClasses,
  MESSAGE_CLASSES,
  type MessageClassName,
  type MessageErrorClass,
  type MongoErrorShape,
  type ServerErrorClass,
  type SystemErrorClass,
} from './errors.ts'

class BaseError extends Error {
  readonly #labels = new Set<string>()
  declare code?: number | string

  override get name(): string {
    return 'MongoError'
  }

  get errmsg(): string {
    return this.message
  }

  get errorLabels(): string[] {
    return [...this.#labels]
  }

  hasErrorLabel(label: string): boolean {
    return this.#labels.has(label)
  }

  addErrorLabel(label: string): void {
    this.#labels.add(label)
  }
}

/** The messages of those that the driver also throws without one. */
const DEFAULT_MESSAGES: { readonly [Name in MessageClassName]?: string } = {
  MongoExpiredSessionError: 'Cannot use a session that has ended',
  MongoCursorInUseError: 'Cursor is already initialized',
  MongoCursorExhaustedError: 'Cursor is exhausted',
}

function messageClass(name: MessageClassName, Parent: MessageErrorClass): MessageErrorClass {
  return class extends Parent {
    constructor(message: string = DEFAULT_MESSAGES[name] ?? '', options?: { cause?: unknown }) {
      super(message, options)
    }

    override get name(): string {
      return name
    }
  }
}

function systemClass(name: string, Parent: MessageErrorClass): SystemErrorClass {
  return class extends Parent {
    constructor(message: string, _reason: object) {
      super(message)
    }

    override get name(): string {
      return name
    }
  }
}

/** These fields of a reply become the message and the labels, or stay in `errorResponse` alone. */
const NOT_COPIED = new Set(['errorLabels', 'errmsg', 'message', 'errorResponse'])

function serverErrorClass(Parent: MessageErrorClass): ServerErrorClass {
  return class extends Parent {
    readonly errorResponse: ErrorDescription;
    [field: string]: Document[string]

    constructor(description: ErrorDescription) {
      super(description.message || description.errmsg || 'n/a')
      for (const label of description.errorLabels ?? []) this.addErrorLabel(label)
      this.errorResponse = description
      for (const field in description) {
        if (!NOT_COPIED.has(field)) this[field] = description[field]
      }
    }

    override get name(): string {
      return 'MongoServerError'
    }
  }
}

function writeConcernErrorClass(Parent: ServerErrorClass): ErrorClasses['MongoWriteConcernError'] {
  return class extends Parent {
    readonly result: Document

    constructor(reply: Document) {
      const failure: Document = reply['writeConcernError']
      super({ ...failure, ...reply, errInfo: failure['errInfo'] })
      this.result = reply
    }

    override get name(): string {
      return 'MongoWriteConcernError'
    }
  }
}

function bulkWriteErrorClass(Parent: ServerErrorClass): BulkWriteErrorClass {
  return class extends Parent {
    readonly result: BulkWriteResult
    writeErrors: readonly WriteError[] = []

    constructor(error: MongoErrorShape | ErrorDescription, result: BulkWriteResult) {
      // An error of the server's describes this one: its code, its labels and its other fields.
      super(error as ErrorDescription)
      this.result = result
      if ('writeErrors' in error) this.writeErrors = error.writeErrors
    }

    override get name(): string {
      return 'MongoBulkWriteError'
    }

    get insertedCount(): number {
      return this.result.insertedCount
    }

    get matchedCount(): number {
      return this.result.matchedCount
    }

    get modifiedCount(): number {
      return this.result.modifiedCount
    }

    get deletedCount(): number {
      return this.result.deletedCount
    }

    get upsertedCount(): number {
      return this.result.upsertedCount
    }

    get insertedIds(): { [index: number]: Document[string] } {
      return this.result.insertedIds
    }

    get upsertedIds(): { [index: number]: Document[string] } {
      return this.result.upsertedIds
    }
  }
}

function clientBulkWriteErrorClass(
  Parent: ServerErrorClass,
): ErrorClasses['MongoClientBulkWriteError'] {
  return class extends Parent {
    writeConcernErrors: Document[] = []
    writeErrors: Map<number, { code: number; message: string }> = new Map()
    declare partialResult?: ClientBulkWriteResult

    override get name(): string {
      return 'MongoClientBulkWriteError'
    }
  }
}

/** The driver's classes as this package makes them. */
export const OWN_ERROR_CLASSES: ErrorClasses = defineErrorClasses({}, undefined)

/** The classes for a client that was given some: those, and the others derived from them. */
export function resolveErrorClasses(given: GivenErrorClasses | undefined): ErrorClasses {
  return given === undefined ? OWN_ERROR_CLASSES : defineErrorClasses(given, OWN_ERROR_CLASSES)
}

/**
 * @param own where a class that needn't be derived anew is taken from, so that the class which
 *   this package exports is the one that is thrown
 */
function defineErrorClasses(given: GivenErrorClasses, own: ErrorClasses | undefined): ErrorClasses {
  const classes: { -readonly [Name in keyof ErrorClasses]?: unknown } = {}
  const define = <Parent>(
    name: keyof ErrorClasses,
    parent: keyof ErrorClasses | undefined,
    derive: (Parent: Parent) => unknown,
  ): void => {
    const inherited = parent === undefined || classes[parent] === own?.[parent]
    classes[name] = given[name] ?? (own !== undefined && inherited ? own[name] : undefined)
    if (classes[name] !== undefined) return
    const defined = derive((parent === undefined ? undefined : classes[parent]) as Parent)
    Object.defineProperty(defined, 'name', { value: name })
    classes[name] = defined
  }
  define('MongoError', undefined, () => BaseError)
  for (const [name, parent] of Object.entries(MESSAGE_CLASSES)) {
    define(name as MessageClassName, parent, (Parent: MessageErrorClass) =>
      messageClass(name as MessageClassName, Parent),
    )
  }
  define('MongoSystemError', 'MongoError', (Parent: MessageErrorClass) =>
    systemClass('MongoSystemError', Parent),
  )
  define('MongoServerSelectionError', 'MongoSystemError', (Parent: MessageErrorClass) =>
    systemClass('MongoServerSelectionError', Parent),
  )
  define('MongoServerError', 'MongoError', serverErrorClass)
  define('MongoWriteConcernError', 'MongoServerError', writeConcernErrorClass)
  define('MongoBulkWriteError', 'MongoServerError', bulkWriteErrorClass)
  define('MongoClientBulkWriteError', 'MongoServerError', clientBulkWriteErrorClass)
  return classes as ErrorClasses
}
