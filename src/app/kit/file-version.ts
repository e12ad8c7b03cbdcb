/**
 * The version of a Windows program file (PE), from the fixed part of its version resource. What no bare console can read,
 * read at home from a copy.
 */
const RT_VERSION = 16;
const FIXED_SIGNATURE = 0xfeef04bd;
const RESOURCE_DIRECTORY = 2;

/** Four numbers with dots; null when the bytes are no whole program file or have no version. */
export function fileVersion(bytes: Uint8Array): string | null {
  try {
    return readVersion(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  } catch (thrown) {
    // A place outside of the file: it was cut off.
    if (thrown instanceof RangeError) return null;
    throw thrown;
  }
}

function readVersion(file: DataView): string | null {
  if (file.getUint16(0, true) !== 0x5a4d) return null;
  const header = file.getUint32(0x3c, true);
  if (file.getUint32(header, true) !== 0x4550) return null;
  const sectionCount = file.getUint16(header + 6, true);
  const optional = header + 24;
  const isPlus = file.getUint16(optional, true) === 0x20b;
  const directories = optional + (isPlus ? 112 : 96);
  const address = file.getUint32(directories + RESOURCE_DIRECTORY * 8, true);
  const sections = optional + file.getUint16(header + 20, true);
  /** Place in the file of an address in memory. */
  const placeOf = (wanted: number): number | null => {
    for (let at = 0; at < sectionCount; at += 1) {
      const section = sections + at * 40;
      const start = file.getUint32(section + 12, true);
      const size = file.getUint32(section + 16, true);
      if (wanted >= start && wanted < start + size) return file.getUint32(section + 20, true) + wanted - start;
    }
    return null;
  };
  const root = address === 0 ? null : placeOf(address);
  if (root === null) return null;
  const types = entries(file, root, root).filter(({ id }) => id === RT_VERSION);
  // Type, name, language: of the last two the first will do.
  let at = types[0]?.place;
  for (let depth = 0; depth < 2 && at !== undefined; depth += 1) at = entries(file, root, at)[0]?.place;
  if (at === undefined) return null;
  const data = placeOf(file.getUint32(at, true));
  if (data === null) return null;
  return fixedVersion(file, data, file.getUint32(at + 4, true));
}

function entries(file: DataView, root: number, at: number): readonly { id: number; place: number }[] {
  const count = file.getUint16(at + 12, true) + file.getUint16(at + 14, true);
  return Array.from({ length: count }, (_, index) => {
    const entry = at + 16 + index * 8;
    return { id: file.getUint32(entry, true), place: root + (file.getUint32(entry + 4, true) & 0x7fffffff) };
  });
}

/** Behind length, type and the name VS_VERSION_INFO, at a multiple of four. */
function fixedVersion(file: DataView, start: number, length: number): string | null {
  for (let at = start; at + 16 <= start + length; at += 4) {
    if (file.getUint32(at, true) !== FIXED_SIGNATURE) continue;
    const [high, low] = [file.getUint32(at + 8, true), file.getUint32(at + 12, true)];
    return [high >>> 16, high & 0xffff, low >>> 16, low & 0xffff].join('.');
  }
  return null;
}
