/**
 * A projection as a tree: one node per path component, leaves that say what becomes of the value
 * there.
 *
 * `{ name: 1, 'address.city': 1, scores: { $slice: 2 } }` is a tree with three children at its
 * root.
 */
import type { Document } from '../../../bson/index.ts'
import { ServerError } from '../../errors.ts'
import type { Expression } from '../../expression/index.ts'

export type ProjectionLeaf =
  | { readonly kind: 'include' }
  | { readonly kind: 'exclude' }
  /**
   * Part of an array; `skip` undefined counts from the start, or from the end if `limit` is
   * negative.
   */
  | { readonly kind: 'slice'; readonly skip: number | undefined; readonly limit: number }
  /** A field that is made, whether or not it is there. */
  | { readonly kind: 'computed'; readonly expression: Expression }
  /** The first element that matches, as an array of one. */
  | { readonly kind: 'elemMatch'; readonly matches: (document: Document) => boolean }

export interface ProjectionTree {
  readonly kind: 'tree'
  /** Whether something below it is computed. */
  hasComputed: boolean
  readonly children: Map<string, ProjectionNode>
}

export type ProjectionNode = ProjectionTree | ProjectionLeaf

export function emptyTree(): ProjectionTree {
  return { kind: 'tree', hasComputed: false, children: new Map() }
}

/**
 * Adds a leaf at a path below the root. Two entries of one path, or one along the other's, collide.
 * Source: server, addNodeAtPathHelper in projection_parser.cpp.
 */
export function addLeaf(root: ProjectionTree, path: readonly string[], leaf: ProjectionLeaf): void {
  let tree = root
  if (leaf.kind === 'computed') tree.hasComputed = true
  for (let i = 0; i < path.length - 1; i++) {
    const name = path[i]!
    let child = tree.children.get(name)
    if (child === undefined) {
      child = emptyTree()
      tree.children.set(name, child)
    }
    if (child.kind !== 'tree') {
      const rest = path.slice(1).join('.')
      throw new ServerError(31249, `Path collision at ${path.join('.')} remaining portion ${rest}`)
    }
    tree = child
    if (leaf.kind === 'computed') tree.hasComputed = true
  }
  const last = path[path.length - 1]!
  if (tree.children.has(last)) throw new ServerError(31250, `Path collision at ${path.join('.')}`)
  tree.children.set(last, leaf)
}
