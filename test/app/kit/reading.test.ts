import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fileVersion } from '../../../src/app/kit/file-version.ts';
import { readRegistryFile, readTexts } from '../../../src/app/kit/registry-file.ts';
import { programFile } from './support/machine.ts';

const KEY = 'HKEY_LOCAL_MACHINE\\SOFTWARE\\Test';

describe('files of regedit', () => {
  const text = `\r\n\r\n[${KEY}]\r\n@="standard"\r\n"Text"="a \\"b\\" c:\\\\d"\r\n"Number"=dword:00000600\r\n"Bytes"=hex:01,\\\r\n  02,ff\r\n"None"=hex(7):\r\n\r\n[${KEY}\\Empty]\r\n`;

  it.each([
    ['NT 4.0', Buffer.from(`REGEDIT4${text}`, 'latin1')],
    ['Windows 2000', Buffer.from(`\ufeffWindows Registry Editor Version 5.00${text}`, 'utf16le')],
  ])('of %s are read whole', (_, bytes) => {
    const file = readRegistryFile(bytes);
    expect([...(file?.keys() ?? [])]).toEqual(['hklm\\software\\test', 'hklm\\software\\test\\empty']);
    const values = file?.get('hklm\\software\\test');
    expect(values?.get('')).toBe('standard');
    expect(values?.get('text')).toBe('a "b" c:\\d');
    expect(values?.get('number')).toBe(0x600);
    expect(values?.get('bytes')).toEqual(Uint8Array.from([1, 2, 255]));
    expect(values?.get('none')).toEqual(Uint8Array.from([]));
  });

  it('a text goes over several lines', () => {
    const file = readRegistryFile(Buffer.from(`REGEDIT4\r\n\r\n[${KEY}]\r\n"Text"="one\r\ntwo"\r\n"More"="x"\r\n`));
    expect(file?.get('hklm\\software\\test')?.get('text')).toBe('one\ntwo');
    expect(file?.get('hklm\\software\\test')?.get('more')).toBe('x');
  });

  it.each([
    ['no registry file', 'something else'],
    ['a value without a key', 'REGEDIT4\r\n\r\n"a"="b"\r\n'],
    ['cut off in a number', `REGEDIT4\r\n\r\n[${KEY}]\r\n"a"=dword:0000`],
    ['cut off in a text', `REGEDIT4\r\n\r\n[${KEY}]\r\n"a"="b`],
  ])('%s is none', (_, content) => {
    expect(readRegistryFile(Buffer.from(content, 'latin1'))).toBeNull();
  });

  it.each(['utf16le', 'latin1'] as const)('lists of texts in %s', (encoding) => {
    const list = ['\\??\\C:\\WINNT\\SET1.tmp', '!\\??\\C:\\WINNT\\system32\\ole32.dll', 'x'];
    expect(readTexts(Buffer.from(`${list.join('\0')}\0\0`, encoding))).toEqual(list);
  });
});

describe('versions of program files', () => {
  it.each(['4.0.1381.7230', '5.0.2195.6810', '65535.65535.65535.65535'])('%s', (version) => {
    expect(fileVersion(programFile(version))).toBe(version);
  });

  it('a file that was cut off anywhere has none, and nothing is thrown', () => {
    const whole = programFile('5.0.2195.6810');
    for (let length = 0; length < 0x298; length += 1) expect(fileVersion(whole.subarray(0, length))).toBeNull();
  });

  it('whatever the bytes are, the answer is a version or none', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(0x3ff), fc.nat(255)), { maxLength: 20 }), (changes) => {
        const bytes = programFile('5.0.2195.6810');
        for (const [at, byte] of changes) bytes[at] = byte;
        const version = fileVersion(bytes);
        expect(version === null || /^\d+(\.\d+){3}$/.test(version)).toBe(true);
      }),
    );
  });
});
