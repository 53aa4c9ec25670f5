import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Document, GridFSBucketWriteStream } from 'mongodb'
import { bytesOf } from '../match/operators.ts'
import { isDocument } from '../match/values.ts'
import { Failure } from '../outcome.ts'
import type { OperationsOf } from './table.ts'

export const bucketOperations: OperationsOf<'bucket'> = {
  delete(bucket, { id, ...options }) {
    return bucket.delete(id, options)
  },
  download(bucket, { id, ...options }) {
    return contentOf(bucket.openDownloadStream(id, options))
  },
  downloadByName(bucket, { filename, ...options }) {
    return contentOf(bucket.openDownloadStreamByName(filename, options))
  },
  drop(bucket, options) {
    return bucket.drop(options as Parameters<typeof bucket.drop>[0])
  },
  find(bucket, { filter, ...options }) {
    return bucket.find(filter, options).toArray()
  },
  rename(bucket, { id, newFilename, ...options }) {
    return bucket.rename(id, newFilename, options)
  },
  async upload(bucket, { filename, source, ...options }) {
    const stream = bucket.openUploadStream(filename, options)
    await write(stream, source)
    return stream.gridFSFile?._id
  },
  async uploadWithId(bucket, { id, filename, source, ...options }) {
    await write(bucket.openUploadStreamWithId(id, filename, options), source)
  },
}

async function contentOf(stream: Readable): Promise<Buffer> {
  return Buffer.concat(await stream.toArray())
}

/** @throws Failure for a source that is not given in hexadecimal */
function write(stream: GridFSBucketWriteStream, source: Document): Promise<void> {
  if (!isDocument(source) || !('$$hexBytes' in source)) throw new Failure('a source is $$hexBytes')
  return pipeline(Readable.from([bytesOf(source['$$hexBytes'])]), stream)
}
