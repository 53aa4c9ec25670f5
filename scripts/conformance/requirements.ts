/** `runOnRequirements`: whether a file or a test is for a deployment like this one. */
import type { Deployment } from './deployment.ts'
import { compareVersions, type Requirement } from './format.ts'
import { isSameScalar } from './match/values.ts'

/** Why none of several requirements is met; undefined where one is, or where there is none. */
export function unmetRequirement(
  deployment: Deployment,
  requirements: readonly Requirement[] | undefined,
): string | undefined {
  if (requirements === undefined || requirements.length === 0) return undefined
  const unmet = requirements.map((one) => unmetPart(deployment, one))
  return unmet.includes(undefined) ? undefined : [...new Set(unmet)].join('; or ')
}

function unmetPart(deployment: Deployment, requirement: Requirement): string | undefined {
  const { topology, version, parameters, hasAuth } = deployment
  const { topologies, minServerVersion, maxServerVersion, serverParameters } = requirement
  if (topologies !== undefined && !topologies.includes(topology)) {
    return `is for ${topologies.join(', ')}`
  }
  if (minServerVersion !== undefined && compareVersions(version, minServerVersion) < 0) {
    return `is for servers from ${minServerVersion} on`
  }
  if (maxServerVersion !== undefined && compareVersions(version, maxServerVersion) > 0) {
    return `is for servers up to ${maxServerVersion}`
  }
  for (const [name, value] of Object.entries(serverParameters ?? {})) {
    if (!isSameScalar(value, parameters[name])) return `is for servers with ${name}: ${value}`
  }
  if (requirement.auth !== undefined && requirement.auth !== hasAuth) {
    return `is for servers ${requirement.auth ? 'with' : 'without'} authentication`
  }
  const { authMechanism } = requirement
  const mechanisms: unknown[] = parameters['authenticationMechanisms'] ?? []
  if (authMechanism !== undefined && !mechanisms.includes(authMechanism)) {
    return `is for servers with the mechanism ${authMechanism}`
  }
  if (requirement.csfle !== undefined && requirement.csfle !== false) {
    return 'is for drivers with client-side encryption'
  }
  return requirement.serverless === 'require' ? 'is for serverless instances' : undefined
}
