export { decodeClixml, decodeClixmlStream } from './decode.ts';
export { EncryptionNeeded, encodeClixml, encodeClixmlDocument } from './encode.ts';
export { toJson } from './to-json.ts';
export {
  credentialOf,
  entryOf,
  enumValue,
  hashtable,
  listOf,
  messageObject,
  numberOf,
  PsObject,
  PsPrimitive,
  PsSecureString,
  type PsValue,
  propertyOf,
  textOf,
} from './values.ts';
