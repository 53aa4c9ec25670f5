import type { Palimpsest } from '../palimpsest.ts'

/** How clients log in. */
export interface AutomaticAuth {
  /** Default: false. */
  readonly enable?: boolean | undefined
  /** Users beside the root user. */
  readonly extraUsers?: readonly CreateUser[] | undefined
  /** Default: `mongodb-memory-server-root`. */
  readonly customRootName?: string | undefined
  /** Default: `rootuser`. */
  readonly customRootPwd?: string | undefined
  /** Whether users are made although the data are those of an earlier start. Default: false. */
  readonly force?: boolean | undefined
  /** What members of a set know each other by; there is one, which needs no key. */
  readonly keyfileContent?: string | undefined
}

/** A user as the command `createUser` makes one. */
export interface CreateUser {
  readonly createUser: string
  readonly pwd: string
  /** Default: `admin`. */
  readonly database?: string | undefined
  readonly roles: string | object | readonly (string | object)[]
  readonly customData?: object | undefined
  readonly mechanisms?: readonly string[] | undefined
  readonly authenticationRestrictions?: readonly object[] | undefined
  readonly digestPassword?: boolean | undefined
}

export type RequiredAuth = {
  readonly [Name in keyof AutomaticAuth]-?: NonNullable<AutomaticAuth[Name]>
}

/** With defaults filled in; undefined where clients need not log in. */
export function authOf(given: AutomaticAuth | undefined): RequiredAuth | undefined {
  if (given?.enable !== true) return undefined
  return {
    enable: true,
    extraUsers: given.extraUsers ?? [],
    customRootName: given.customRootName ?? 'mongodb-memory-server-root',
    customRootPwd: given.customRootPwd ?? 'rootuser',
    force: given.force ?? false,
    keyfileContent: given.keyfileContent ?? '0123456789',
  }
}

/**
 * Makes the root user and the others, by the commands that a client would send.
 *
 * @throws the server's error for a user that can't be made
 */
export async function makeUsers(sim: Palimpsest, auth: RequiredAuth): Promise<void> {
  const client = sim.client()
  const mechanisms = ['SCRAM-SHA-256']
  await client.db('admin').command({
    createUser: auth.customRootName,
    pwd: auth.customRootPwd,
    mechanisms,
    roles: ['root'],
  })
  for (const user of auth.extraUsers) {
    const { database = 'admin', createUser, roles, ...fields } = user
    await client.db(database).command({
      createUser,
      mechanisms,
      ...fields,
      roles: Array.isArray(roles) ? roles : [roles],
    })
  }
}
