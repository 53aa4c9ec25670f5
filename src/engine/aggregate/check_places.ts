/** Which stages may stand where in a pipeline. Source: `LiteParsedPipeline`, pipeline.cpp (8.0). */
import { ServerError } from '../errors.ts'
import type { Stage } from './stage.ts'

export interface PlaceOptions {
  /** `{ aggregate: 1 }`: the documents come from the first stage. */
  readonly isCollectionless: boolean
  readonly inTransaction: boolean
  /** Whether the client wants the stable API, version 1, and nothing else. */
  readonly isApiStrict: boolean
}

/** @throws ServerError 73, 40601, 40602, 323, 263 */
export function checkPlaces(stages: readonly Stage[], options: PlaceOptions): void {
  const { isCollectionless, inTransaction, isApiStrict } = options
  const [first] = stages
  if (isCollectionless) checkCollectionless(first)
  else if (first?.source?.isCollectionless === true) {
    throw invalidNamespace(`'${first.name}' can only be run with {aggregate: 1}`)
  }
  checkEnds(stages)
  if (isApiStrict && first?.source?.inApiVersion1 === false) {
    throw new ServerError(
      'APIStrictError',
      `stage ${first.name} is not allowed with 'apiStrict: true' in API Version 1`,
    )
  }
  if (!inTransaction) return
  const refused = stages.find(
    ({ source, output }) => output !== undefined || source?.allowedInTransaction === false,
  )
  if (refused === undefined) return
  throw new ServerError(
    'OperationNotSupportedInTransaction',
    `Stage not supported inside of a multi-document transaction: ${refused.name}`,
  )
}

/** What makes documents stands first, what writes them stands last. */
function checkEnds(stages: readonly Stage[]): void {
  stages.forEach(({ name, source, output }, at) => {
    if (source !== undefined && at > 0) {
      throw new ServerError(40602, `${name} is only valid as the first stage in a pipeline`)
    }
    if (output !== undefined && at < stages.length - 1) {
      throw new ServerError(40601, `${name} can only be the final stage in the pipeline`)
    }
  })
}

/** The stages of a pipeline within another. @throws ServerError 51047, 40600, 40602 */
export function checkInner(stages: readonly Stage[], outer: string): void {
  for (const { name, source, output, inFacet } of stages) {
    if (outer === '$facet') {
      if (inFacet !== false && source === undefined && output === undefined) continue
      throw new ServerError(40600, `${name} is not allowed to be used within a $facet stage`)
    }
    if (output === undefined) continue
    throw new ServerError(51047, `${name} is not allowed within a ${outer}'s sub-pipeline`)
  }
  checkEnds(stages)
}

function checkCollectionless(first: Stage | undefined): void {
  if (first === undefined) {
    throw invalidNamespace('{aggregate: 1} is not valid for an empty pipeline.')
  }
  const { isCollectionless = false } = first.source ?? {}
  if (isCollectionless !== false) return
  throw invalidNamespace(
    `{aggregate: 1} is not valid for '${first.name}'; a collection is required.`,
  )
}

const invalidNamespace = (message: string): ServerError =>
  new ServerError('InvalidNamespace', message)
