export { decodeClixml, decodeClixmlStream } from './decode.ts';
export { encodeClixml, encodeClixmlDocument } from './encode.ts';
export { toJson } from './to-json.ts';
export {
  entryOf,
  enumValue,
  hashtable,
  listOf,
  messageObject,
  numberOf,
  PsObject,
  PsPrimitive,
  type PsValue,
  propertyOf,
  textOf,
} from './values.ts';
