/** `$$NOW` and its kin: variables that are there without anybody making them. */
import { ServerError } from '../errors.ts'
import type { Runtime } from './context.ts'

/** Variables that the server has and we do not. */
const UNSUPPORTED: ReadonlySet<string> = new Set(['IS_MR', 'JS_CONTEXT', 'SEARCH_META'])

/**
 * The value of a system variable other than the document's own; one moment for a whole command.
 * Source: `Variables`, variables.cpp (8.0).
 *
 * @throws ServerError 17276 for a name that there is not
 */
export function systemVariable(name: string, runtime: Runtime): unknown {
  switch (name) {
    case 'NOW':
      return new Date(runtime.nowMs)
    case 'CLUSTER_TIME':
      return runtime.clusterTime()
    case 'REMOVE':
      return undefined
    case 'USER_ROLES':
      return []
  }
  if (UNSUPPORTED.has(name)) {
    throw new ServerError('NotImplemented', `the variable $$${name} is not supported yet`)
  }
  if (name === '') throw new ServerError('FailedToParse', 'empty variable names are not allowed')
  throw new ServerError(17276, `Use of undefined variable: ${name}`)
}
