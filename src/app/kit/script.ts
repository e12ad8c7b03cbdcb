/**
 * The script of a kit: what runs at the console of a host that must not be connected. It is for the cmd of NT 4.0: no
 * blocks in parentheses, no `exit /b`, no delayed expansion, no pipes, no `for`; programs that every one of these systems
 * has (regedit, find), no reg, no shutdown before XP. It decides only what must be decided there: which package, and
 * whether it was started before. What became of it is judged from the evidence, at home.
 */
import type { AdvisoryInfection } from '../../advisory/index.ts';
import { BOOT_MARK, jobFolder, type KitManifest, type KitTarget, MAX_SERVICE_PACK, MAX_VISITS } from './model.ts';

export interface ScriptRequest {
  readonly manifest: KitManifest;
  readonly title: string;
  /** Files that show the fix, with %SystemRoot%. */
  readonly files: readonly string[];
  /** Keys that show that the fix, or an update that contains it, was installed. */
  readonly keys: readonly string[];
  readonly infection: AdvisoryInfection | undefined;
}

/** Registry keys that every one of these systems has, by the name of their file in the results. */
const KEYS = {
  system: 'HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\Windows',
  product: 'HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\ProductOptions',
  language: 'HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\Nls\\Language',
  name: 'HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\ComputerName\\ComputerName',
  pending: 'HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\Session Manager',
  hardware: 'HKEY_LOCAL_MACHINE\\HARDWARE\\DESCRIPTION\\System',
  ole: 'HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Ole',
  run: 'HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Run',
} as const;

/** Keys that may be missing; regedit may say so in a window. */
const MAYBE_KEYS = {
  updates: 'HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Updates',
  hotfix: 'HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\HotFix',
} as const;

const FIND_VERSIONS = [
  ['4.0', 'Version 4.0'],
  ['5.0', '2195'],
  ['5.1', '5.1.2600'],
  ['5.2', '5.2.3790'],
] as const;

/** ASCII, lines end in CR LF. */
export function kitScript(request: ScriptRequest): string {
  const lines = [
    ...beginning(request),
    ...place(),
    ...looking(request),
    ...infected(request.infection),
    ...choosing(request.manifest.targets, request.keys),
    ...installing(request.manifest),
    ...ending(),
  ];
  return `${lines.join('\r\n')}\r\n`;
}

function beginning({ manifest, title }: ScriptRequest): string[] {
  return [
    '@echo off',
    `rem ${plain(title)}`,
    `rem Firebreak kit ${manifest.id}, made ${manifest.builtAt}. See README.TXT. Do not edit: the import checks it.`,
    'if not "%OS%"=="Windows_NT" goto notnt',
    'setlocal',
    `set FB_KIT=${manifest.id}`,
    'set FB_HERE=%~dp0',
    'set FB_CHECK=',
    'set FB_REBOOT=',
    'set FB_AGAIN=',
    `set FB_DCOM=${manifest.dcomOff ? 'off' : ''}`,
    ...['%1', '%2', '%3', '%4'].flatMap((word) => [
      `if "${word}"=="check" set FB_CHECK=1`,
      `if "${word}"=="reboot" set FB_REBOOT=1`,
      `if "${word}"=="again" set FB_AGAIN=1`,
      `if "${word}"=="dcom-off" set FB_DCOM=off`,
      `if "${word}"=="dcom-on" set FB_DCOM=on`,
    ]),
  ];
}

/** Where the results of this visit go. */
function place(): string[] {
  return [
    'set FB_OUT=%FB_HERE%RESULTS',
    'if not "%FB_RESULTS%"=="" set FB_OUT=%FB_RESULTS%',
    'md "%FB_OUT%" 2>nul',
    '>"%FB_OUT%\\WRITE.TMP" echo x',
    'if exist "%FB_OUT%\\WRITE.TMP" goto place',
    'echo The medium cannot be written to. The results go to %SystemRoot%\\Firebreak\\results.',
    'md "%SystemRoot%\\Firebreak" 2>nul',
    'set FB_OUT=%SystemRoot%\\Firebreak\\results',
    'md "%FB_OUT%" 2>nul',
    ':place',
    'del "%FB_OUT%\\WRITE.TMP" 2>nul',
    'md "%FB_OUT%\\%COMPUTERNAME%" 2>nul',
    ...Array.from({ length: MAX_VISITS }, (_, at) => [
      `set FB_VISIT=${at + 1}`,
      'if not exist "%FB_OUT%\\%COMPUTERNAME%\\%FB_VISIT%\\nul" goto visit',
    ]).flat(),
    'echo No room for results in %FB_OUT%\\%COMPUTERNAME%: copy them away first. Nothing was done.',
    'goto leave',
    ':visit',
    'set FB_R=%FB_OUT%\\%COMPUTERNAME%\\%FB_VISIT%',
    'md "%FB_R%"',
    '>"%FB_R%\\visit.txt" echo kit=%FB_KIT%',
    '>>"%FB_R%\\visit.txt" echo visit=%FB_VISIT%',
    '>>"%FB_R%\\visit.txt" echo computer="%COMPUTERNAME%"',
    '>>"%FB_R%\\visit.txt" echo user="%USERDOMAIN%\\%USERNAME%"',
    '>>"%FB_R%\\visit.txt" echo by="%FB_BY%"',
    '>>"%FB_R%\\visit.txt" echo arch="%PROCESSOR_ARCHITECTURE%"',
    '>>"%FB_R%\\visit.txt" echo check="%FB_CHECK%"',
    '>"%FB_R%\\date.txt" date /t',
    '>"%FB_R%\\time.txt" time /t',
    'echo Firebreak kit %FB_KIT% on %COMPUTERNAME%, visit %FB_VISIT%.',
  ];
}

function looking({ files }: ScriptRequest): string[] {
  return [
    'echo Reading what is there ...',
    '>"%FB_R%\\ver.txt" ver',
    ...Object.entries(KEYS).flatMap(([name, key]) => exported(name, key)),
    'echo If a window says that a key cannot be exported, press Enter: the key is not there.',
    ...Object.entries(MAYBE_KEYS).flatMap(([name, key]) => exported(name, key)),
    ...files.flatMap((path) => {
      const name = path.slice(path.lastIndexOf('\\') + 1);
      return [
        `if not exist "${path}" >>"%FB_R%\\absent.txt" echo ${name}`,
        `if exist "${path}" >>"%FB_R%\\dir.txt" dir "${path}"`,
        `if "%FB_NOCOPY%"=="" if exist "${path}" copy "${path}" "%FB_R%\\${name}.bin" >nul`,
      ];
    }),
    'set FB_OSV=',
    ...FIND_VERSIONS.flatMap(([version, text]) => found('ver.txt', text, `set FB_OSV=${version}`)),
    'set FB_SP=0',
    ...Array.from({ length: MAX_SERVICE_PACK }, (_, at) =>
      found('system.txt', `"CSDVersion"=dword:00000${at + 1}00`, `set FB_SP=${at + 1}`),
    ).flat(),
    'set FB_PRODUCT=server',
    ...found('product.txt', '"ProductType"="WinNT"', 'set FB_PRODUCT=workstation'),
    'set FB_TSE=no',
    // Text as bytes of one or two: which, differs with the version of regedit.
    ...found('product.txt', '54,65,72,6d,69,6e,61,6c', 'set FB_TSE=yes'),
    ...found('product.txt', '54,00,65,00,72,00,6d,00', 'set FB_TSE=yes'),
    'set FB_ARCH=%PROCESSOR_ARCHITECTURE%',
    'if "%FB_ARCH%"=="IA64" set FB_ARCH=ia64',
    'set FB_PC98=no',
    ...found('hardware.txt', 'PC-98', 'set FB_PC98=yes'),
  ];
}

/** regedit is a program with windows: cmd does not wait for it by itself. Its file may be UTF-16; `type` makes text of it. */
function exported(name: string, key: string): string[] {
  const [file, text] = [`"%FB_R%\\${name}.reg"`, `"%FB_R%\\${name}.txt"`];
  return [`start /wait regedit /e ${file} "${key}"`, `if exist ${file} type ${file} >${text}`];
}

/** Case counts; find wants a quotation mark in its text written twice. */
function found(file: string, text: string, command: string): string[] {
  return [`find "${text.replaceAll('"', '""')}" "%FB_R%\\${file}" >nul 2>nul`, `if not errorlevel 1 ${command}`];
}

function missing(file: string, text: string, command: string): string[] {
  return found(file, text, command).map((line) => line.replace(/^if not errorlevel 1/, 'if errorlevel 1'));
}

function infected(infection: AdvisoryInfection | undefined): string[] {
  const seen = '>>"%FB_R%\\infected.txt" echo';
  const signs = (infection?.families ?? []).flatMap(({ name, indicators }) =>
    indicators.flatMap((sign): string[] => {
      if (sign.kind === 'file') {
        return pathsOf(sign.path).map((path) => `if exist "${path}" ${seen} ${name}: ${path}`);
      }
      if (sign.kind !== 'registry-value' || sign.data === undefined) return [];
      return found('run.txt', sign.data, `${seen} ${name}: ${sign.name} = ${sign.data}`);
    }),
  );
  return [
    ...signs,
    'if not exist "%FB_R%\\infected.txt" goto clean',
    'echo.',
    'echo *** SIGNS OF AN INFECTION WERE FOUND. NOTHING WAS INSTALLED. ***',
    'type "%FB_R%\\infected.txt"',
    'echo Keep this machine off the network. Rebuild it from a backup of before the infection.',
    'set FB_WHY=infected',
    'goto decided',
    ':clean',
  ];
}

/** A file pattern without what cmd does not know: `[0-9]` is written out. */
function pathsOf(path: string): string[] {
  if (!path.includes('[0-9]')) return [path];
  return Array.from({ length: 10 }, (_, digit) => path.replace('[0-9]', String(digit)));
}

function choosing(targets: readonly KitTarget[], keys: readonly string[]): string[] {
  const ends = [...new Set(keys.map((key) => `${key.slice(key.lastIndexOf('\\'))}]`))];
  const languages = [...new Map(targets.map((target) => [target.language, target.lcids])).entries()];
  return [
    'if "%FB_DCOM%"=="on" goto dcomon',
    'set FB_WHY=not-in-kit',
    ...languages.flatMap(([letters, lcids]) => [
      `set FB_L_${letters}=no`,
      // Written in either case.
      ...bothCases(lcids).flatMap((lcid) =>
        found('language.txt', `"InstallLanguage"="${lcid}"`, `set FB_L_${letters}=yes`),
      ),
    ]),
    ...targets.flatMap((target, at) => choice(target, at)),
    'goto decided',
    ':chosen',
    '>>"%FB_R%\\visit.txt" echo system=%FB_SYSTEM%',
    '>>"%FB_R%\\visit.txt" echo package=%FB_SHA%',
    'set FB_WHY=check',
    'if "%FB_CHECK%"=="1" goto decided',
    // Installing over it would spoil its way back. Whether the files are there too is judged at home.
    'if "%FB_AGAIN%"=="1" goto install',
    'set FB_WHY=has-key',
    ...ends.flatMap((end) => ['updates.txt', 'hotfix.txt'].flatMap((file) => found(file, end, 'goto seen'))),
    'goto install',
    ':seen',
    // After an installation of ours the key is there: what became of it is said below.
    `if not exist "%FB_JOB%\\receipt.txt" goto decided`,
    ':install',
  ];
}

function bothCases(texts: readonly string[]): string[] {
  return [...new Set(texts.flatMap((text) => [text, text.toUpperCase()]))];
}

function choice(target: KitTarget, at: number): string[] {
  const next = `goto t${at + 1}`;
  const { servicePacks, product, terminalServer } = target;
  return [
    `if not "%FB_OSV%"=="${target.version}" ${next}`,
    ...(servicePacks === null
      ? []
      : [
          'set FB_FITS=no',
          ...servicePacks.map((level) => `if "%FB_SP%"=="${level}" set FB_FITS=yes`),
          `if "%FB_FITS%"=="no" ${next}`,
        ]),
    ...(product === null ? [] : [`if not "%FB_PRODUCT%"=="${product}" ${next}`]),
    ...(terminalServer === null ? [] : [`if not "%FB_TSE%"=="${terminalServer ? 'yes' : 'no'}" ${next}`]),
    `if not "%FB_ARCH%"=="${target.arch}" ${next}`,
    `if "%FB_PC98%"=="yes" ${next}`,
    'set FB_WHY=other-language',
    `if not "%FB_L_${target.language}%"=="yes" ${next}`,
    `set FB_SYSTEM=${target.system}`,
    `set FB_SHA=${target.sha256}`,
    `set FB_FILE=${target.file}`,
    `set FB_SWITCHES=${target.switches.join(' ')}`,
    `set FB_JOB=${jobFolder(target.sha256)}`,
    'goto chosen',
    `:t${at + 1}`,
  ];
}

function installing(manifest: KitManifest): string[] {
  const update = manifest.advisory['kb'];
  const log =
    typeof update === 'string'
      ? [`if exist "%SystemRoot%\\${update}.log" copy "%SystemRoot%\\${update}.log" "%FB_R%\\install.log" >nul`]
      : [];
  return [
    'md "%SystemRoot%\\Firebreak" 2>nul',
    'md "%SystemRoot%\\Firebreak\\jobs" 2>nul',
    'md "%FB_JOB%" 2>nul',
    // A receipt of an installation over the network counts as well: the folder is the same.
    'if "%FB_AGAIN%"=="1" if exist "%FB_JOB%\\exit.txt" goto anew',
    'if exist "%FB_JOB%\\receipt.txt" goto before',
    'goto first',
    // One that ended: its claim is given up, and whoever makes the next one installs.
    ':anew',
    'del "%FB_JOB%\\receipt.txt"',
    'del "%FB_JOB%\\started.txt"',
    'del "%FB_JOB%\\exit.txt"',
    'rd "%FB_JOB%\\claim"',
    ':first',
    'if not exist "%FB_HERE%PACKAGES\\%FB_FILE%" goto nofile',
    // Making the folder is the claim: it succeeds once. A success does not set ERRORLEVEL everywhere: it is made 0 before.
    'find "kit=" "%FB_R%\\visit.txt" >nul',
    'md "%FB_JOB%\\claim" 2>nul',
    'if not errorlevel 1 goto claimed',
    ':before',
    'set FB_WHY=started-before',
    'if exist "%FB_JOB%\\exit.txt" set FB_WHY=ended-before',
    'if exist "%FB_JOB%\\exit.txt" copy "%FB_JOB%\\exit.txt" "%FB_R%\\exit.txt" >nul',
    'if exist "%FB_JOB%\\receipt.txt" copy "%FB_JOB%\\receipt.txt" "%FB_R%\\receipt.txt" >nul',
    ...log,
    'goto decided',
    ':nofile',
    'set FB_WHY=package-missing',
    'goto decided',
    ':claimed',
    '>"%FB_JOB%\\receipt.txt" echo sha256=%FB_SHA%',
    `>>"%FB_JOB%\\receipt.txt" echo run=kit-%FB_KIT%`,
    '>>"%FB_JOB%\\receipt.txt" echo step=install',
    '>>"%FB_JOB%\\receipt.txt" echo program=%FB_JOB%\\%FB_FILE%',
    '>>"%FB_JOB%\\receipt.txt" echo arguments=%FB_SWITCHES%',
    '>>"%FB_JOB%\\receipt.txt" echo visit=%FB_VISIT%',
    'copy "%FB_HERE%PACKAGES\\%FB_FILE%" "%FB_JOB%\\%FB_FILE%" >nul',
    'if exist "%FB_JOB%\\%FB_FILE%" goto copied',
    'del "%FB_JOB%\\receipt.txt"',
    'rd "%FB_JOB%\\claim"',
    'set FB_WHY=copy-failed',
    'goto decided',
    ':copied',
    'if not "%FB_DCOM%"=="off" goto start',
    ...dcomOff(),
    ':start',
    '>"%FB_JOB%\\started.txt" echo by=cmd',
    'copy "%FB_JOB%\\receipt.txt" "%FB_R%\\receipt.txt" >nul',
    'start /wait regedit /s "%FB_HERE%REG\\MARK.REG"',
    ...exported('mark', KEYS.hardware),
    'echo Installing %FB_FILE% ... This takes some minutes. Do not switch the machine off.',
    '"%FB_JOB%\\%FB_FILE%" %FB_SWITCHES%',
    'set FB_EXIT=%ERRORLEVEL%',
    '>"%FB_JOB%\\exit.new" echo code=%FB_EXIT%',
    'ren "%FB_JOB%\\exit.new" exit.txt',
    'copy "%FB_JOB%\\exit.txt" "%FB_R%\\exit.txt" >nul',
    'echo The installer ended with exit code %FB_EXIT%.',
    ...exported('pending-after', KEYS.pending),
    ...log,
    'set FB_WHY=installed',
    'goto decided',
    ...dcomOn(),
  ];
}

/** Only what can be given back: a value that is a plain Y. Windows 2000 obeys it from service pack 3 on. */
function dcomOff(): string[] {
  return [
    'set FB_DCOMS=not-before-sp3',
    'if "%FB_OSV%"=="5.0" if "%FB_SP%"=="2" goto dcomsaid',
    'set FB_DCOMS=off-already',
    ...found('ole.txt', '"EnableDCOM"="N"', 'goto dcomsaid'),
    'set FB_DCOMS=not-a-plain-y',
    ...missing('ole.txt', '"EnableDCOM"="Y"', 'goto dcomsaid'),
    'md "%SystemRoot%\\Firebreak\\kit-dcom" 2>nul',
    'start /wait regedit /s "%FB_HERE%REG\\DCOMOFF.REG"',
    ...exported('ole-after', KEYS.ole),
    'set FB_DCOMS=failed',
    ...found('ole-after.txt', '"EnableDCOM"="N"', 'set FB_DCOMS=off'),
    ':dcomsaid',
    '>>"%FB_R%\\visit.txt" echo dcom=%FB_DCOMS%',
  ];
}

function dcomOn(): string[] {
  return [
    ':dcomon',
    'set FB_WHY=dcom-on',
    'set FB_DCOMS=not-ours',
    'if not exist "%SystemRoot%\\Firebreak\\kit-dcom\\nul" goto dcomsays',
    'start /wait regedit /s "%FB_HERE%REG\\DCOMON.REG"',
    ...exported('ole-after', KEYS.ole),
    'set FB_DCOMS=failed',
    ...found('ole-after.txt', '"EnableDCOM"="Y"', 'set FB_DCOMS=on'),
    'if "%FB_DCOMS%"=="on" rd "%SystemRoot%\\Firebreak\\kit-dcom"',
    ':dcomsays',
    '>>"%FB_R%\\visit.txt" echo dcom=%FB_DCOMS%',
    'goto decided',
  ];
}

function ending(): string[] {
  const says: readonly (readonly [string, string])[] = [
    ['installed', 'RESTART THE MACHINE NOW, then start this script once more: it only looks then.'],
    ['ended-before', 'The package was installed before; this visit only looked.'],
    ['started-before', 'An installation was begun before and never ended: it is not started again. See README.TXT.'],
    ['not-in-kit', 'This kit has no package for this system.'],
    ['other-language', 'This kit has no package in the language of this system.'],
    [
      'has-key',
      'The registry says that the fix is in: nothing was installed. INSTALL.CMD again installs it all the same.',
    ],
    ['package-missing', 'The package is not on the medium: it is damaged.'],
    ['copy-failed', 'The package could not be copied: is the disk full?'],
    ['check', 'Only looked, as asked.'],
    ['dcom-on', 'DCOM: see dcom= in visit.txt. It takes effect with the next restart.'],
  ];
  return [
    ':decided',
    '>>"%FB_R%\\visit.txt" echo decision=%FB_WHY%',
    // Last of all: without it the results count as half written.
    '>"%FB_R%\\done.txt" echo done=%FB_KIT%-%FB_VISIT%',
    'echo.',
    ...says.map(([why, text]) => `if "%FB_WHY%"=="${why}" echo ${text}`),
    'echo Results: %FB_R%',
    'if not "%FB_REBOOT%"=="1" goto leave',
    'if not "%FB_WHY%"=="installed" goto leave',
    'if not exist "%SystemRoot%\\System32\\shutdown.exe" goto byhand',
    'echo The machine restarts in one minute. Leave the medium in until then.',
    'shutdown -r -t 60',
    'goto leave',
    ':byhand',
    'echo This Windows has no program for a restart: Start, Shut Down, Restart.',
    'goto leave',
    ':notnt',
    'echo This kit is for Windows NT 4.0, 2000, XP and Server 2003.',
    ':leave',
    'if "%FB_NOPAUSE%"=="" pause',
  ];
}

/** What may stand behind rem. */
function plain(text: string): string {
  return text.replace(/[^\x20-\x7e]|[%^&<>|()]/g, ' ');
}

/** Files for `regedit /s`. The form of Windows 95, which every one of these systems reads. */
export function registryFiles(id: string): ReadonlyMap<string, string> {
  const file = (key: string, name: string, value: string): string =>
    `REGEDIT4\r\n\r\n[${key}]\r\n"${name}"="${value}"\r\n\r\n`;
  return new Map([
    ['MARK.REG', file(KEYS.hardware, BOOT_MARK, id)],
    ['DCOMOFF.REG', file(KEYS.ole, 'EnableDCOM', 'N')],
    ['DCOMON.REG', file(KEYS.ole, 'EnableDCOM', 'Y')],
  ]);
}
