import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { UsageError } from '../command.ts'

/** What commands need of the official driver, besides what they do with its client. */
export interface DriverModule<Client> {
  readonly MongoClient: {
    connect(uri: string, options?: object): Promise<Client & { close(): Promise<void> }>
  }
}

/**
 * The official driver, as the project around has it, or else as we have it. It is no dependency of
 * ours, since only commands that talk to other servers need it.
 *
 * @throws UsageError where there is none
 */
export async function loadDriver<Client>(command: string): Promise<DriverModule<Client>> {
  const places = [join(process.cwd(), 'package.json'), import.meta.url]
  for (const place of places) {
    const path = resolveFrom(place)
    if (path !== undefined) return (await import(pathToFileURL(path).href)) as DriverModule<Client>
  }
  throw new UsageError(`${command}: --uri needs the official driver: npm install mongodb`)
}

function resolveFrom(place: string): string | undefined {
  try {
    return createRequire(place).resolve('mongodb')
  } catch {
    return undefined
  }
}

/** @throws UsageError where nobody answers there */
export async function connect<Client>(
  command: string,
  uri: string,
): Promise<Client & { close(): Promise<void> }> {
  const { MongoClient } = await loadDriver<Client>(command)
  try {
    return await MongoClient.connect(uri, { serverSelectionTimeoutMS: 10_000 })
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new UsageError(`${command}: can't connect: ${why}`, { cause })
  }
}
