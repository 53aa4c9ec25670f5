import { describe, expect, test } from 'vitest'
import { checkCreatable, checkNamespace } from '../../../src/engine/catalog/namespace.ts'

// Source: database_name.h, namespace_string.h, create_collection.cpp (server 8.0).
describe('namespaces', () => {
  test.each([
    ['test', 'demo'],
    ['test', 'a.b$c'],
    ['x'.repeat(63), 'demo'],
  ])('%s.%s is one', (db, coll) => {
    expect(() => checkNamespace({ db, coll })).not.toThrow()
  })

  test.each([
    ['', 'demo', "Invalid database name: ''"],
    ['a b', 'demo', "Invalid database name: 'a b'"],
    ['a.b', 'demo', "Invalid database name: 'a.b'"],
    ['$a', 'demo', "Invalid database name: '$a'"],
    ['x'.repeat(64), 'demo', 'db name must be at most 63 characters, found: 64'],
    ['test', '', "Invalid namespace specified 'test.'"],
    ['test', '.a', "Invalid namespace specified 'test..a'"],
    ['test', 'a\0b', "Invalid namespace specified 'test.a\0b'"],
  ])('%s.%s is none', (db, coll, message) => {
    expect(() => checkNamespace({ db, coll })).toThrow(message)
  })

  test.each([
    ['a$b', 'Invalid collection name: a$b'],
    ['system.nonsense', 'Invalid system namespace: test.system.nonsense'],
    ['é'.repeat(126), 'Fully qualified namespace is too long.'],
  ])('%s is not made', (coll, message) => {
    expect(() => checkCreatable({ db: 'test', coll })).toThrow(message)
  })

  test.each(['system.profile', 'system.views', 'demo', 'x'.repeat(250)])('%s is', (coll) => {
    expect(() => checkCreatable({ db: 'test', coll })).not.toThrow()
  })
})
