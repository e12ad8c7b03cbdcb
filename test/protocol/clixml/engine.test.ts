/**
 * What the real engine serializes, read and written by us, means the same to the engine: both directions at once.
 * Needs the built engine (npm test builds it).
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Secret, type Session } from '../../../src/domain/index.ts';
import { decodeClixmlStream, encodeClixmlDocument } from '../../../src/protocol/index.ts';
import { createTransports } from '../../../src/transports/index.ts';
import { startTestLab, type TestLab } from '../../lab/support/lab.ts';

const VALUES: readonly (readonly [string, string])[] = [
  ['null and booleans', '@($null, $true, $false)'],
  [
    'integers of every width',
    '@([byte]255, [sbyte]-128, [int16]-32768, [uint16]65535, [int]-2147483648, [uint32]4294967295, [long]::MinValue, [ulong]::MaxValue)',
  ],
  [
    'floating point',
    '@([single]1.25e10, [double]0.1, [double]-0.0, [double]::MaxValue, [double]::Epsilon, [double]::NaN, [double]::PositiveInfinity, [single]::NegativeInfinity)',
  ],
  ['decimals', '@([decimal]::MaxValue, 1.10d, -0.0000000001d)'],
  [
    'text',
    "@('', ' a ', \"a`r`n`tb\", '<&>\"''', '_x000D_', '_X0041_', '_', [string][char]0, [string][char]0xD800, [char]::ConvertFromUtf32(0x1F525), [string][char]0x85)",
  ],
  ['characters', '@([char]97, [char]0, [char]0xFFFF, [char]0xD800)'],
  ['bytes', '@(, [byte[]](0, 1, 255)) + @(, [byte[]]@())'],
  [
    'dates of every kind',
    '@([datetime]::new(2008, 4, 11, 10, 42, 32, [DateTimeKind]::Utc), [datetime]::new(2008, 4, 11, 10, 42, 32, [DateTimeKind]::Unspecified), [datetime]::new(2008, 4, 11, 10, 42, 32, [DateTimeKind]::Local), [datetime]::MinValue, [datetime]::MaxValue, [datetimeoffset]::new(2008, 4, 11, 10, 42, 32, [timespan]::FromHours(9)))',
  ],
  ['time spans', '@([timespan]::FromSeconds(90.5), [timespan]::MinValue, [timespan]::Zero, [timespan]::FromTicks(-1))'],
  ['guid, uri, version', "@([guid]::Empty, [uri]'http://example.org/a%20b?c=d&e', [version]'1.2', [version]'1.2.3.4')"],
  ['XML', '@([xml]\'<a b="c">d &amp; e<!-- f --></a>\')'],
  ['script blocks', '@({ Get-Thing -Name "x" | ForEach-Object { $_ } })'],
  ['enumerations', "@([DayOfWeek]::Friday, [IO.FileAttributes]'Hidden, System')"],
  ['arrays in arrays', '@(1, @(2, @(3, $null)), @())'],
  [
    'collections',
    "$q = [Collections.Queue]::new(); $q.Enqueue(1); $s = [Collections.Stack]::new(); $s.Push('a'); $s.Push('b'); $l = [Collections.Generic.List[int]]::new(); $l.Add(7); @(, $q) + @(, $s) + @(, $l)",
  ],
  [
    'dictionaries',
    "@(@{ a = 1 }, [ordered]@{ z = 1; a = @{ b = $null } }, @{ 1 = 'one'; [guid]::Empty = 'guid'; [datetime]::MinValue = 'date' })",
  ],
  [
    'objects with properties',
    "@([pscustomobject]@{ Name = 'x'; 'a b' = 1; Nested = [pscustomobject]@{ Deep = @(1, 2) } }, (Add-Member -InputObject 'text' -NotePropertyName Note -NotePropertyValue 5 -PassThru), [exception]::new('boom'))",
  ],
  ['one object twice', '$o = [pscustomobject]@{ A = 1 }; @($o, $o, @{ o = $o })'],
  ['errors', "try { throw 'bad' } catch { @($_) }"],
];

describe('CLIXML of the real engine', () => {
  let lab: TestLab;
  let session: Session;
  const { signal } = new AbortController();

  beforeAll(async () => {
    lab = await startTestLab({ engine: 'real', hosts: [{ name: 'pc-01', profile: 'windows-10-1903-enu' }] });
    session = await createTransports().winrm.open(
      {
        host: 'pc-01',
        transport: 'winrm',
        address: lab.host('pc-01').address,
        port: 5985,
        useTls: false,
        auth: 'basic',
        user: lab.user,
        password: new Secret(lab.password),
        allowUnencrypted: true,
        settings: {},
      },
      { signal, timeoutMs: 120_000 },
    );
  });
  afterAll(async () => {
    await session?.close();
    await lab?.end();
  });

  const run = async (script: string, parameters: { readonly [name: string]: string } = {}): Promise<string> => {
    const { output, streams } = await session.invoke<string>({ script, parameters }, { signal, timeoutMs: 120_000 });
    expect(streams.error).toEqual([]);
    expect(output).toHaveLength(1);
    return output[0] ?? '';
  };

  it.each(VALUES)('%s', async (_what, expression) => {
    const written = await run(
      `$value = & { ${expression} }; [System.Management.Automation.PSSerializer]::Serialize($value, 4)`,
    );
    const ours = encodeClixmlDocument(decodeClixmlStream(written).map(({ value }) => value));
    const readBack =
      'param($Text) [System.Management.Automation.PSSerializer]::Serialize([System.Management.Automation.PSSerializer]::Deserialize($Text), 8)';
    expect(await run(readBack, { Text: ours })).toBe(await run(readBack, { Text: written }));
  });
});
