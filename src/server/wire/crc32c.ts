/**
 * CRC-32C (Castagnoli), reflected polynomial 0x82f63b78: the checksum that an OP_MSG may carry.
 * Source: RFC 3720, section 12.1 and its test vectors in appendix B.4.
 */
const TABLE: Uint32Array = makeTable()

function makeTable(): Uint32Array {
  const table = new Uint32Array(256)
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1
    table[byte] = crc
  }
  return table
}

/** The checksum of the bytes as an unsigned 32-bit number. */
export function crc32c(bytes: Uint8Array): number {
  let crc = 0xffff_ffff
  for (let index = 0; index < bytes.length; index++) {
    crc = (TABLE[(crc ^ bytes[index]!) & 0xff] as number) ^ (crc >>> 8)
  }
  return (crc ^ 0xffff_ffff) >>> 0
}
