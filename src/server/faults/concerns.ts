import { type Document, isDocument } from '../../bson/index.ts'
import { type Namespace, namespaceText } from '../../engine/index.ts'
import type { Invocation } from '../invocation.ts'

/**
 * Whether a fail point with these data is meant for a command: by its name, and by whatever else
 * they say of the connection or the namespace. `failInternalCommands` is about commands that
 * servers send to each other; here there are none.
 *
 * Source: `shouldActivateFailCommandFailPoint`, commands.cpp (8.0).
 *
 * @param ns what the command works on
 */
export function concerns(data: Document, invocation: Invocation, ns: Namespace): boolean {
  const { descriptor, connection } = invocation
  if (descriptor.name === 'configureFailPoint') return false
  const thread = data['threadName']
  if (thread !== undefined && thread !== `conn${connection.id}`) return false
  const application = data['appName']
  if (application !== undefined && application !== applicationOf(invocation)) return false
  const namespace = data['namespace']
  if (namespace !== undefined && namespace !== namespaceText(ns)) return false
  if (data['failAllCommands'] !== undefined) return true
  const names = data['failCommands']
  if (!Array.isArray(names)) return false
  return names.some(
    (name) => name === descriptor.name || descriptor.aliases.includes(name as string),
  )
}

/** The first hello of a connection says of which application it is: that counts for itself, too. */
function applicationOf({ connection, descriptor, command }: Invocation): string {
  if (connection.appName !== undefined) return connection.appName
  if (!HELLOS.has(descriptor.name) || !isDocument(command['client'])) return ''
  const { application } = command['client']
  return isDocument(application) ? String(application['name'] ?? '') : ''
}

const HELLOS: ReadonlySet<string> = new Set(['hello', 'isMaster'])
