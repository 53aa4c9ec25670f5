import * as driver from 'mongodb'
import { describe, expect, test } from 'vitest'
import { OWN_ERROR_CLASSES, resolveErrorClasses } from '../../src/client/error_classes.ts'
import type { ErrorClasses, GivenErrorClasses } from '../../src/client/index.ts'
import * as own from '../../src/client/index.ts'
import { scripted } from './scripted.ts'

const NAMES = Object.keys(OWN_ERROR_CLASSES) as (keyof ErrorClasses)[]
const theirs = driver as unknown as Record<keyof ErrorClasses, { prototype: object; name: string }>
const ours = own as unknown as Record<keyof ErrorClasses, { prototype: object; name: string }>

const refusal = {
  ...{ ok: 0, code: 112, codeName: 'WriteConflict', errmsg: 'Write conflict' },
  errorLabels: ['TransientTransactionError'],
  more: { a: 1 },
}

describe.each(NAMES)('%s', (name) => {
  test('is exported, under its name', () => {
    expect(ours[name]).toBe(OWN_ERROR_CLASSES[name])
    expect(ours[name].name).toBe(name)
  })

  test("is where the driver's is", () => {
    const parentOf = (of: { prototype: object }) =>
      (Object.getPrototypeOf(of.prototype).constructor as { name: string }).name
    expect(parentOf(ours[name])).toBe(parentOf(theirs[name]))
  })
})

describe('an application that gives its classes', () => {
  const failing = async (errors: GivenErrorClasses) => {
    const { client } = scripted([refusal, refusal], { errors })
    const things = client.db('shop').collection('things')
    return {
      one: await things.insertOne({}).catch((caught) => caught),
      many: await things.insertMany([{}]).catch((caught) => caught),
      misuse: await things.insertMany(null as never).catch((caught) => caught),
    }
  }

  test('gets them: all of a module', async () => {
    const { one, many, misuse } = await failing(driver)
    expect(one).toBeInstanceOf(driver.MongoServerError)
    expect(many).toBeInstanceOf(driver.MongoBulkWriteError)
    expect(misuse).toBeInstanceOf(driver.MongoInvalidArgumentError)
    expect(one).toMatchObject({ code: 112, codeName: 'WriteConflict', more: { a: 1 } })
    expect(many.hasErrorLabel('TransientTransactionError')).toBe(true)
    expect(many.insertedCount).toBe(0)
  })

  test('gets what it did not give derived from what it did', async () => {
    class MyServerError extends own.MongoServerError {}
    const { one, many, misuse } = await failing({ MongoServerError: MyServerError })
    expect(one).toBeInstanceOf(MyServerError)
    expect(many).toBeInstanceOf(MyServerError)
    expect(many.name).toBe('MongoBulkWriteError')
    expect(many.hasErrorLabel('TransientTransactionError')).toBe(true)
    expect(misuse).toBeInstanceOf(own.MongoInvalidArgumentError)
  })

  test('gets a whole hierarchy by giving its root', () => {
    const classes = resolveErrorClasses({ MongoError: driver.MongoError })
    for (const name of NAMES) {
      expect(classes[name] === (driver.MongoError as unknown) || derives(classes[name])).toBe(true)
    }
    const error = new classes.MongoTransactionError('no')
    expect(error.name).toBe('MongoTransactionError')
  })

  function derives(of: unknown): boolean {
    return (of as { prototype: object }).prototype instanceof driver.MongoError
  }
})

test.each([
  ['MongoExpiredSessionError', 'Cannot use a session that has ended'],
  ['MongoCursorInUseError', 'Cursor is already initialized'],
  ['MongoCursorExhaustedError', 'Cursor is exhausted'],
] as const)("%s has the driver's message when given none", (name, message) => {
  const Theirs = theirs[name] as unknown as new () => Error
  expect(new OWN_ERROR_CLASSES[name]().message).toBe(message)
  expect(new Theirs().message).toBe(message)
})

test('an error keeps its cause, and takes further labels', () => {
  const cause = new Error('deep')
  const error = new own.MongoOperationTimeoutError('late', { cause })
  error.addErrorLabel('One')
  error.addErrorLabel('One')
  expect([error.cause, error.errorLabels, error.hasErrorLabel('Two')]).toEqual([
    cause,
    ['One'],
    false,
  ])
  expect(own.isMongoError(error)).toBe(true)
  expect(own.isMongoError(new driver.MongoError('x'))).toBe(true)
  expect(own.isMongoError(new Error('x'))).toBe(false)
})
