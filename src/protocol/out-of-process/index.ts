export { LineReader } from './line-reader.ts';
export {
  encodePacket,
  type OutOfProcessLine,
  type OutOfProcessPacket,
  type OutOfProcessSignal,
  type OutOfProcessStream,
} from './packets.ts';
