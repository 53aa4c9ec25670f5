/**
 * # server/wire: the MongoDB wire protocol over sockets
 *
 * Any driver, mongosh or mongoose talks to the commands of `server` through this door. It is a door
 * of its own, because it is the part of `server` that needs Node.js: `server/index.ts` does not
 * lead here, and those on top load it only when somebody listens.
 *
 * A message's way in: `message_framer.ts` cuts the stream, `request.ts` tells the kinds of messages
 * apart (`op_msg.ts`, `op_query.ts`, `op_compressed.ts`), `bson_reader.ts` makes the store's values
 * of BSON. `wire_connection.ts` runs one command at a time; `listener.ts` accepts connections.
 * The way out: `reply_writer.ts`, over `bson_writer.ts`. Both ways pass the `compressors.ts`.
 *
 * It promises that nothing a client sends ends more than its own connection, with a line of the
 * log. Like the server it has no time-outs: a client may take as long as it likes for a message,
 * or say nothing for ever. What clients outside of the process mean for virtual time is said at
 * `Clock.admitOutsider`.
 */
export { Listener, type ListenerParts, type ListenOptions } from './listener.ts'
