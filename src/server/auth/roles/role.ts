import { collectionNamed, database, namespace, type Resource } from '../resources.ts'
import type { Action } from './actions.ts'

/** Some actions on a resource. */
export interface Privilege {
  readonly resource: Resource
  readonly actions: readonly Action[]
}

/** A role that every server has; where no database is named, about the one it is granted on. */
export interface BuiltInRole {
  /** Exists on `admin` only. */
  readonly adminOnly?: boolean
  /** Roles whose privileges it has, too; of the same database where none is named. */
  readonly includes?: readonly (string | { readonly role: string; readonly db: string })[]
  privileges(db: string): readonly Privilege[]
}

export const allow = (resource: Resource, actions: readonly Action[]): Privilege => ({
  resource,
  actions,
})

export const onDatabase = (db: string, actions: readonly Action[]): Privilege =>
  allow(database(db), actions)

export const onEach = (coll: string, actions: readonly Action[]): Privilege =>
  allow(collectionNamed(coll), actions)

/** On one collection, named as `db.coll`. */
export const onOne = (text: string, actions: readonly Action[]): Privilege => {
  const dot = text.indexOf('.')
  return allow(namespace({ db: text.slice(0, dot), coll: text.slice(dot + 1) }), actions)
}
