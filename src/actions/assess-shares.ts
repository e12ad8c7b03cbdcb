/**
 * What a share lets everybody do, from its security descriptor (MS-DTYP 2.4.6, self-relative). Everybody: Everyone,
 * anonymous logons, the group of the guests. Pure.
 */
const WORLD: ReadonlySet<string> = new Set(['S-1-1-0', 'S-1-5-7', 'S-1-5-32-546']);
const DACL_PRESENT = 0x0004;
const ALLOWED = 0;
const DENIED = 1;
/** Write data, append data, delete, write DAC, write owner, generic all, generic write. */
const CHANGE = 0x2 | 0x4 | 0x1_0000 | 0x4_0000 | 0x8_0000 | 0x1000_0000 | 0x4000_0000;
const INHERIT_ONLY = 0x08;

/**
 * @param descriptor - base64
 * @returns whether everybody may change files, as far as the share goes; null: the descriptor is damaged
 */
export function everybodyMayChange(descriptor: string): boolean | null {
  const bytes = Buffer.from(descriptor, 'base64');
  try {
    const dacl = bytes.readUInt32LE(16);
    // No list at all lets everybody do everything.
    if ((bytes.readUInt16LE(2) & DACL_PRESENT) === 0 || dacl === 0) return true;
    const count = bytes.readUInt16LE(dacl + 4);
    let denied = 0;
    let at = dacl + 8;
    for (let index = 0; index < count; index += 1) {
      const type = bytes.readUInt8(at);
      const flags = bytes.readUInt8(at + 1);
      const size = bytes.readUInt16LE(at + 2);
      if (size < 16 || at + size > bytes.length) return null;
      if ((type === ALLOWED || type === DENIED) && (flags & INHERIT_ONLY) === 0 && WORLD.has(sidAt(bytes, at + 8))) {
        const mask = bytes.readUInt32LE(at + 4);
        if (type === DENIED) denied |= mask;
        else if ((mask & CHANGE & ~denied) !== 0) return true;
      }
      at += size;
    }
    return false;
  } catch {
    // A read behind its end, and nothing else can fail here.
    return null;
  }
}

function sidAt(bytes: Buffer, at: number): string {
  const count = bytes.readUInt8(at + 1);
  const parts = Array.from({ length: count }, (_, index) => bytes.readUInt32LE(at + 8 + 4 * index));
  return ['S', bytes.readUInt8(at), bytes.readUIntBE(at + 2, 6), ...parts].join('-');
}
