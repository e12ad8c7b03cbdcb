/** Numbers of MS-NLMP that client and server share. */

/** MS-NLMP 2.2.2.5 */
export const FLAG = {
  unicode: 0x00000001,
  oem: 0x00000002,
  requestTarget: 0x00000004,
  sign: 0x00000010,
  seal: 0x00000020,
  ntlm: 0x00000200,
  alwaysSign: 0x00008000,
  targetTypeServer: 0x00020000,
  extendedSessionSecurity: 0x00080000,
  targetInfo: 0x00800000,
  version: 0x02000000,
  key128: 0x20000000,
  keyExchange: 0x40000000,
  key56: 0x80000000,
} as const;

/** What sealing cannot do without: no weaker key, no older response. */
const REQUIRED =
  FLAG.unicode |
  FLAG.sign |
  FLAG.seal |
  FLAG.ntlm |
  FLAG.extendedSessionSecurity |
  FLAG.targetInfo |
  FLAG.key128 |
  FLAG.keyExchange;

/** What the client asks for, and all that the server grants. */
export const WANTED = (REQUIRED | FLAG.requestTarget | FLAG.alwaysSign | FLAG.version | FLAG.key56) >>> 0;

/** What an old client may leave open towards a server: the server decides on it. */
export const SERVER_DECIDES = FLAG.unicode | FLAG.ntlm | FLAG.targetInfo;

export function hasRequired(flags: number, but = 0): boolean {
  const required = REQUIRED & ~but;
  return (flags & required) === required;
}

/** MS-NLMP 2.2.2.1 */
export const AV = {
  endOfList: 0,
  computerName: 1,
  domainName: 2,
  dnsComputerName: 3,
  dnsDomainName: 4,
  flags: 6,
  timestamp: 7,
  targetName: 9,
  channelBindings: 10,
} as const;

/** MsvAvFlags: the AUTHENTICATE_MESSAGE has a MIC. */
export const AV_FLAG_MIC = 2;
