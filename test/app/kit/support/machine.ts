/** Writes what the script of a kit leaves of a machine, as Windows 2000 (UTF-16) or NT 4.0 (REGEDIT4) would. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KitManifest } from '../../../../src/app/kit/model.ts';

export interface VisitFiles {
  readonly number: number;
  readonly decision: string;
  readonly exitCode?: number;
  /** Versions of rpcrt4.dll, ole32.dll, rpcss. */
  readonly versions: readonly [string, string, string];
  /** The mark in the volatile key: as found, and after the installation. */
  readonly marked?: { readonly found: boolean; readonly written: boolean };
  readonly renames?: readonly string[];
  readonly infected?: string;
  readonly dcom?: string;
  readonly isCutOff?: boolean;
}

export type System = 'nt4-server' | '2000-sp4';

const VER: Readonly<Record<System, string>> = {
  'nt4-server': '\r\nWindows NT Version 4.0  \r\n\r\n',
  '2000-sp4': '\r\nMicrosoft Windows 2000 [Version 5.00.2195]\r\n',
};

export class KitMachine {
  readonly #root: string;
  readonly #manifest: KitManifest;
  readonly #system: System;
  readonly computer: string;

  constructor(kit: string, manifest: KitManifest, computer: string, system: System) {
    this.#root = join(kit, 'RESULTS', computer);
    this.#manifest = manifest;
    this.#system = system;
    this.computer = computer;
  }

  folder(number: number): string {
    return join(this.#root, String(number));
  }

  visit(visit: VisitFiles): void {
    const folder = this.folder(visit.number);
    mkdirSync(folder, { recursive: true });
    const put = (name: string, content: string | Buffer): void => writeFileSync(join(folder, name), content);
    const target = this.#manifest.targets[0]!;
    const facts = [
      `kit=${this.#manifest.id}`,
      `visit=${visit.number}`,
      `computer="${this.computer}"`,
      'user="CORP\\Administrator"',
      'by="A. Suzuki"',
      'arch="x86"',
      `package=${target.sha256}`,
      ...(visit.dcom === undefined ? [] : [`dcom=${visit.dcom}`]),
      ...(visit.isCutOff === true ? [] : [`decision=${visit.decision}`]),
    ];
    put('visit.txt', facts.map((line) => `${line}\r\n`).join(''));
    put('date.txt', 'Tue 10/07/2003 \r\n');
    put('ver.txt', VER[this.#system]);
    const level = this.#system === 'nt4-server' ? '00000600' : '00000400';
    const control = 'HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control';
    const mark = (isThere: boolean): string => (isThere ? `"FirebreakKit"="${this.#manifest.id}"` : '');
    const exports: readonly (readonly [string, string, string])[] = [
      ['system', `${control}\\Windows`, `"CSDVersion"=dword:${level}`],
      ['product', `${control}\\ProductOptions`, '"ProductType"="ServerNT"'],
      ['name', `${control}\\ComputerName\\ComputerName`, `"ComputerName"="${this.computer.toUpperCase()}"`],
      ['pending', `${control}\\Session Manager`, this.#renames(visit.renames ?? [])],
      ['hardware', 'HKEY_LOCAL_MACHINE\\HARDWARE\\DESCRIPTION\\System', mark(visit.marked?.found === true)],
      ...(visit.marked?.written === true
        ? [['mark', 'HKEY_LOCAL_MACHINE\\HARDWARE\\DESCRIPTION\\System', mark(true)] as const]
        : []),
    ];
    for (const [name, key, value] of exports) put(`${name}.reg`, this.#registry(key, value));
    const [rpcrt4, ole32, rpcss] = visit.versions;
    put('rpcrt4.dll.bin', programFile(rpcrt4));
    put('ole32.dll.bin', programFile(ole32));
    put(this.#system === 'nt4-server' ? 'rpcss.exe.bin' : 'rpcss.dll.bin', programFile(rpcss));
    if (visit.infected !== undefined) put('infected.txt', `${visit.infected}\r\n`);
    if (visit.exitCode !== undefined) put('exit.txt', `code=${visit.exitCode}\r\n`);
    if (visit.decision === 'installed')
      put('receipt.txt', `sha256=${target.sha256}\r\nrun=kit-${this.#manifest.id}\r\n`);
    if (visit.isCutOff !== true) put('done.txt', `done=${this.#manifest.id}-${visit.number}\r\n`);
  }

  #renames(paths: readonly string[]): string {
    if (paths.length === 0) return '';
    const bytes = Buffer.from(`${paths.join('\0')}\0\0`, this.#system === 'nt4-server' ? 'latin1' : 'utf16le');
    return `"PendingFileRenameOperations"=hex(7):${[...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(',')}`;
  }

  #registry(key: string, value: string): Buffer {
    const body = `\r\n\r\n[${key}]\r\n${value}\r\n\r\n`;
    return this.#system === 'nt4-server'
      ? Buffer.from(`REGEDIT4${body}`, 'latin1')
      : Buffer.from(`\ufeffWindows Registry Editor Version 5.00${body}`, 'utf16le');
  }
}

/** A small program file (PE) with a version resource and nothing else. */
export function programFile(version: string): Buffer {
  const numbers = version.split('.').map(Number);
  const file = Buffer.alloc(0x400);
  file.write('MZ', 0, 'latin1');
  file.writeUInt32LE(0x80, 0x3c);
  file.write('PE\0\0', 0x80, 'latin1');
  file.writeUInt16LE(1, 0x86);
  file.writeUInt16LE(224, 0x94);
  file.writeUInt16LE(0x10b, 0x98);
  // The third directory is the resources.
  file.writeUInt32LE(0x1000, 0x98 + 96 + 16);
  file.writeUInt32LE(0x200, 0x98 + 96 + 20);
  const section = 0x98 + 224;
  file.write('.rsrc', section, 'latin1');
  file.writeUInt32LE(0x1000, section + 12);
  file.writeUInt32LE(0x200, section + 16);
  file.writeUInt32LE(0x200, section + 20);
  const directory = (at: number, id: number, place: number): void => {
    file.writeUInt16LE(1, at + 14);
    file.writeUInt32LE(id, at + 16);
    file.writeUInt32LE(place, at + 20);
  };
  directory(0x200, 16, 0x80000018);
  directory(0x218, 1, 0x80000030);
  directory(0x230, 1033, 0x48);
  file.writeUInt32LE(0x1060, 0x248);
  file.writeUInt32LE(0x5c, 0x24c);
  file.writeUInt16LE(0x5c, 0x260);
  file.writeUInt16LE(0x34, 0x262);
  file.write('VS_VERSION_INFO', 0x266, 'utf16le');
  file.writeUInt32LE(0xfeef04bd, 0x288);
  file.writeUInt32LE(0x10000, 0x28c);
  file.writeUInt32LE(((numbers[0]! << 16) | numbers[1]!) >>> 0, 0x290);
  file.writeUInt32LE(((numbers[2]! << 16) | numbers[3]!) >>> 0, 0x294);
  return file;
}
