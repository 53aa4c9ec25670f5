/**
 * `engine/changes`: what a change stream reads.
 *
 * The **change log** takes the place of the server's oplog: what was inserted, changed, deleted,
 * made, renamed and dropped, in the order of the commits, each at its cluster time. It begins with
 * the first change stream that is opened, so that a store which nobody watches keeps nothing.
 *
 * A **change stream** is a place in the log and a view on it: a collection, a database, everything.
 * It turns log entries into events, each with a resume token, and lets the other stages of its
 * pipeline run over them. A **resume token** is that place as text; a later stream goes on from it.
 *
 * Source: change_stream_event_transform.cpp, document_source_change_stream.cpp, resume_token.cpp
 * (8.0).
 */
export { ChangeLog, type TransactionName, type UpdateDone } from './change_log.ts'
export { ChangeStream } from './change_stream.ts'
export { type ChangeExtent, checkExtent } from './extent.ts'
export { type ChangeStreamSpec, parseChangeStream } from './spec.ts'
