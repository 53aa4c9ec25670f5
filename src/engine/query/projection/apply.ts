/**
 * Running a projection over a document. The result is a new object where something had to change,
 * and shares everything else with the stored version, which nobody may change.
 *
 * Fields keep the order of the document, whatever the order in the projection. Along a path, arrays
 * are entered element by element; an inclusion drops elements that are not documents, an exclusion
 * keeps them.
 *
 * Source: server, InclusionNode and ExclusionNode in exec/projection_node.cpp.
 */
import { type Document, isDocument, withField, withoutField } from '../../../bson/index.ts'
import { applySlice } from './slice.ts'
import type { ProjectionLeaf, ProjectionTree } from './tree.ts'

type ElemMatch = Extract<ProjectionLeaf, { kind: 'elemMatch' }>

const DROPPED: unique symbol = Symbol('dropped')

/** The document with only the fields that the tree includes. */
export function include(document: Document, tree: ProjectionTree): Document {
  let result: Document = {}
  for (const name in document) {
    const node = tree.children.get(name)
    if (node === undefined) continue
    const value = document[name]
    if (node.kind === 'include') result = assign(result, name, value)
    else if (node.kind === 'slice') result = assign(result, name, applySlice(value, node))
    else if (node.kind === 'tree') {
      const inner = includeBelow(value, node)
      if (inner !== DROPPED) result = assign(result, name, inner)
    }
    // Other kinds come later, or not at all.
  }
  return result
}

function includeBelow(value: unknown, tree: ProjectionTree): unknown {
  if (Array.isArray(value)) {
    const elements: unknown[] = []
    for (const element of value) {
      const inner = includeBelow(element, tree)
      if (inner !== DROPPED) elements.push(inner)
      // A place for what will be computed there.
      else if (tree.hasComputed) elements.push(undefined)
    }
    return elements
  }
  return isDocument(value) ? include(value, tree) : DROPPED
}

/** The document without the fields that the tree excludes. */
export function exclude(document: Document, tree: ProjectionTree): Document {
  let result: Document = {}
  for (const name in document) {
    const node = tree.children.get(name)
    if (node?.kind === 'exclude') continue
    const value = document[name]
    if (node?.kind === 'slice') result = assign(result, name, applySlice(value, node))
    else if (node?.kind === 'tree') result = assign(result, name, excludeBelow(value, node))
    else result = assign(result, name, value)
  }
  return result
}

function excludeBelow(value: unknown, tree: ProjectionTree): unknown {
  if (Array.isArray(value)) return value.map((element) => excludeBelow(element, tree))
  return isDocument(value) ? exclude(value, tree) : value
}

/**
 * Puts the first matching element of each `$elemMatch` field into the result: in its old place if
 * the field is there, else at the end. A field without a match goes.
 */
export function applyElemMatches(
  result: Document,
  source: Document,
  leaves: readonly (readonly [string, ElemMatch])[],
): Document {
  let projected = result
  for (const [name, leaf] of leaves) {
    const array = source[name]
    const found = Array.isArray(array)
      ? array.findIndex((element) => leaf.matches({ element: [element] }))
      : -1
    projected =
      found < 0
        ? withoutField(projected, name)
        : withField(projected, name, [(array as unknown[])[found]])
  }
  return projected
}

/** Plain assignment, but for the one name that would not make a field. */
function assign(document: Document, name: string, value: unknown): Document {
  if (name === '__proto__') return withField(document, name, value)
  document[name] = value
  return document
}
