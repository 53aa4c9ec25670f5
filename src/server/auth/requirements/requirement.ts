import type { Document } from '../../../bson/index.ts'
import type { Namespace } from '../../../engine/index.ts'
import type { ServerState } from '../../state.ts'
import type { AuthorizationSession } from '../authorization_session.ts'
import type { Action } from '../roles/actions.ts'

/** A command that somebody wants to run; an explained one is asked for in its own right. */
export interface Asked {
  readonly command: Document
  readonly ns: Namespace
  readonly authorization: AuthorizationSession
  readonly server: ServerState
}

/** Whether who asks may run the command. Its fields may still be anything but the right ones. */
export type Requirement = (asked: Asked) => boolean

/** Whoever has logged in may. */
export const nothing: Requirement = () => true

export const onNamespace =
  (...actions: readonly Action[]): Requirement =>
  ({ ns, authorization: { privileges } }) =>
    actions.every((action) => privileges.allowsOn(ns, action))

export const onDatabase =
  (action: Action): Requirement =>
  ({ ns, authorization }) =>
    authorization.privileges.allowsOnDatabase(ns.db, action)

export const onCluster =
  (action: Action): Requirement =>
  ({ authorization }) =>
    authorization.privileges.allowsOnCluster(action)

/** A field's elements where it is an array, else none. */
export function elementsOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
