/**
 * PowerShell's out-of-process framing: one packet a line, the packet an XML element, its bytes base64. It carries PSRP
 * fragments over a program's standard streams (`powershell -s`, `pwsh -sshs`, Start-Job) and over SSH. Public only as
 * source (OutOfProcTransportManager.cs); MS-PSRP has no section on it. Must not know what the fragments mean.
 *
 * Client → server                     Server → client
 * Data (a pool's or pipeline's)       DataAck when it was processed; Data needs no ack in this direction
 * Command, Signal, Close              CommandAck, SignalAck, CloseAck
 *
 * The server processes each line on a thread of its own: a packet may only follow the ack of the one before it that
 * belongs to the same pool or pipeline.
 */
import { tryDecodeBase64 } from '../base64.ts';
import { psrpError } from '../psrp/fragments.ts';

/** `PromptResponse` carries answers to host calls. */
export type OutOfProcessStream = 'Default' | 'PromptResponse';
export type OutOfProcessSignal = 'DataAck' | 'Command' | 'CommandAck' | 'Signal' | 'SignalAck' | 'Close' | 'CloseAck';

export type OutOfProcessPacket =
  | {
      readonly kind: 'Data';
      /** GUID of the pipeline in lower case; null = the pool. */
      readonly id: string | null;
      readonly stream: OutOfProcessStream;
      readonly data: Uint8Array;
    }
  | { readonly kind: OutOfProcessSignal; readonly id: string | null };

/** The server says in words why it ends (`-sshs` has no standard error of its own). */
const ERROR_PREFIX = '__NamedPipeError__:';
const EMPTY = '00000000-0000-0000-0000-000000000000';
const GUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const SIGNALS: ReadonlySet<string> = new Set<OutOfProcessSignal>([
  'DataAck',
  'Command',
  'CommandAck',
  'Signal',
  'SignalAck',
  'Close',
  'CloseAck',
]);
/** Where a packet begins behind what a program wrote without a line break. */
const LATE_START = /<(?:Data|(?:Data|Command|Signal|Close)Ack)\s[^<>]{0,99}PSGuid\s?=[^<>]{0,99}>/;
const START_TAG = /^<([A-Za-z]+)((?:\s+[A-Za-z]+\s*=\s*(?:'[^'<]*'|"[^"<]*"))*)\s*(\/?)>/;

/** The line of a packet, its line break included. */
export function encodePacket(packet: OutOfProcessPacket): string {
  const id = packet.id ?? EMPTY;
  if (packet.kind !== 'Data') return `<${packet.kind} PSGuid='${id}' />\n`;
  const { buffer, byteOffset, byteLength } = packet.data;
  const text = Buffer.from(buffer, byteOffset, byteLength).toString('base64');
  return `<Data Stream='${packet.stream}' PSGuid='${id}'>${text}</Data>\n`;
}

export type OutOfProcessLine =
  | { readonly kind: 'packet'; readonly packet: OutOfProcessPacket }
  /** What the server reports before it ends. */
  | { readonly kind: 'error'; readonly text: string }
  /** Not ours: what a login script or a program on the host wrote to the same stream. */
  | { readonly kind: 'noise'; readonly text: string };

/**
 * A packet, or two things: what a program wrote to the same stream without a line break, and the packet behind it.
 * @throws ProtocolError FB_PROTOCOL_PSRP: the line begins as an element but is no packet
 */
export function decodeLine(line: string): readonly OutOfProcessLine[] {
  const text = line.charCodeAt(0) === 0xfeff ? line.slice(1) : line;
  const start = /^(?:<|__)/.test(text) ? -1 : text.search(LATE_START);
  if (start <= 0) return [decodeOne(text)];
  return [{ kind: 'noise', text: text.slice(0, start) }, decodeOne(text.slice(start))];
}

function decodeOne(text: string): OutOfProcessLine {
  if (text.startsWith(ERROR_PREFIX)) return { kind: 'error', text: text.slice(ERROR_PREFIX.length).trim() };
  if (!text.startsWith('<')) return { kind: 'noise', text };
  const [tag, name = '', attributes = '', empty] = START_TAG.exec(text) ?? [];
  if (tag === undefined) throw psrpError(`a line is no packet: ${printable(text.slice(0, 40))}`);
  const id = idOf(attribute(attributes, 'PSGuid'));
  if (name === 'Data') {
    const end = text.lastIndexOf('</Data');
    const body = empty === '/' ? '' : end < 0 ? undefined : text.slice(tag.length, end);
    const data = body === undefined ? undefined : tryDecodeBase64(body);
    if (data === undefined) throw psrpError('a Data packet is cut short or not base64');
    return { kind: 'packet', packet: { kind: 'Data', id, stream: streamOf(attribute(attributes, 'Stream')), data } };
  }
  if (!isSignal(name)) throw psrpError(`an unknown packet: ${name.slice(0, 20)}`);
  return { kind: 'packet', packet: { kind: name, id } };
}

function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\ufffd]/gu, '?');
}

function isSignal(name: string): name is OutOfProcessSignal {
  return SIGNALS.has(name);
}

function attribute(text: string, name: string): string | undefined {
  const found = new RegExp(`\\s${name}\\s*=\\s*(?:'([^']*)'|"([^"]*)")`).exec(text);
  return found?.[1] ?? found?.[2];
}

function idOf(text: string | undefined): string | null {
  const id = (text ?? '').trim().toLowerCase();
  if (!GUID.test(id)) throw psrpError('a packet without a PSGuid');
  return id === EMPTY ? null : id;
}

function streamOf(text: string | undefined): OutOfProcessStream {
  return text?.toLowerCase() === 'promptresponse' ? 'PromptResponse' : 'Default';
}
