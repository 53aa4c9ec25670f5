import type { Document } from '../../bson/index.ts'
import type { Namespace } from '../../engine/index.ts'
import type { RoleName } from './names.ts'
import {
  ANYTHING,
  KEYS_COVERING_CLUSTER,
  keysCovering,
  keysCoveringDatabase,
  mayLieIn,
  type Resource,
} from './resources.ts'
import type { Action } from './roles/actions.ts'
import type { Privilege } from './roles/role.ts'
import { privilegesOf } from './roles/table.ts'

/** Privileges joined by resource: what somebody may do, all told. */
export class PrivilegeSet {
  static readonly none: PrivilegeSet = new PrivilegeSet([])

  readonly #actions = new Map<string, Set<Action>>()
  readonly #resources = new Map<string, Resource>()

  constructor(privileges: Iterable<Privilege>) {
    for (const { resource, actions } of privileges) {
      const known = this.#actions.get(resource.key)
      if (known !== undefined) for (const action of actions) known.add(action)
      else this.#actions.set(resource.key, new Set(actions))
      this.#resources.set(resource.key, resource)
    }
  }

  static ofRoles(roles: readonly RoleName[]): PrivilegeSet {
    return new PrivilegeSet(roles.flatMap(privilegesOf))
  }

  allowsOn(ns: Namespace, action: Action): boolean {
    return this.#allows(keysCovering(ns), action)
  }

  allowsOnDatabase(db: string, action: Action): boolean {
    return this.#allows(keysCoveringDatabase(db), action)
  }

  allowsOnCluster(action: Action): boolean {
    return this.#allows(KEYS_COVERING_CLUSTER, action)
  }

  /** On this very resource, or on everything. */
  allowsOnResource(resource: Resource, action: Action): boolean {
    return this.#allows([ANYTHING.key, resource.key], action)
  }

  /** Whether anything at all is allowed on this collection. */
  allowsSomethingOn(ns: Namespace): boolean {
    for (const key of keysCovering(ns)) if (this.#actions.has(key)) return true
    return false
  }

  /** Whether anything at all is allowed in this database. */
  allowsSomethingIn(db: string): boolean {
    for (const resource of this.#resources.values()) if (mayLieIn(resource, db)) return true
    return false
  }

  /** As `connectionStatus` and `usersInfo` show them. */
  documents(): Document[] {
    return [...this.#resources.values()].map(({ key, document }) => ({
      resource: document,
      actions: [...this.#actions.get(key)!].sort(),
    }))
  }

  #allows(keys: Iterable<string>, action: Action): boolean {
    for (const key of keys) if (this.#actions.get(key)?.has(action)) return true
    return false
  }
}
