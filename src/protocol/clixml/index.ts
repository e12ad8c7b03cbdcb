export { type DecodedValue, type DecodeOptions, decodeClixml, decodeClixmlStream } from './decode.ts';
export { encodeClixml, encodeClixmlDocument } from './encode.ts';
export { type PlainJson, type ToJsonOptions, toJson } from './to-json.ts';
export {
  entryOf,
  enumValue,
  hashtable,
  listOf,
  messageObject,
  numberOf,
  type PsListTag,
  PsObject,
  type PsObjectParts,
  PsPrimitive,
  type PsPrimitiveTag,
  type PsValue,
  propertyOf,
  textOf,
} from './values.ts';
