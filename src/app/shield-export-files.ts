/**
 * The files of a block policy that goes by Group Policy: what a domain admin runs to make, link, unlink and remove it.
 * Pure. What netsh and the GroupPolicy module do here is taken from their documentation; it was not run on a domain.
 */

export interface PolicyExport {
  /** Names the policy, its filter lists and the Group Policy object. */
  readonly name: string;
  readonly title: string;
  readonly tcp: readonly number[];
  readonly udp: readonly number[];
  /** Addresses that keep their way in. */
  readonly exempt: readonly string[];
  readonly sideEffects: string;
  /** TCP 80 and 443 are among the ports. */
  readonly isCis: boolean;
  /** The obligation that `shields discharge` closes. */
  readonly obligation: string;
}

/** Place holder of the domain in the files for `netsh -f`: LINK.PS1 fills it in. */
const DOMAIN = '{domain}';

/** File name → text; ASCII, CR LF. */
export function policyFiles(policy: PolicyExport): ReadonlyMap<string, string> {
  const files: readonly (readonly [string, readonly string[]])[] = [
    ['POLICY.TXT', makePolicy(policy)],
    ['ASSIGN.TXT', [store(), `ipsec static set policy name=${policy.name} assign=yes gponame=${policy.name}`]],
    ['UNASSIGN.TXT', [store(), `ipsec static set policy name=${policy.name} assign=no gponame=${policy.name}`]],
    ['REMOVE.TXT', removePolicy(policy)],
    ['LINK.PS1', linkScript(policy)],
    ['UNLINK.PS1', unlinkScript(policy)],
    ['README.TXT', readme(policy)],
  ];
  return new Map(files.map(([name, lines]) => [name, `${lines.join('\r\n')}\r\n`]));
}

/** The store holds for one netsh process only: that is why these are files for `netsh -f` and not single commands. */
function store(): string {
  return `ipsec static set store location=domain domain=${DOMAIN}`;
}

function makePolicy({ name, tcp, udp, exempt }: PolicyExport): string[] {
  const ports = [...tcp.map((port) => ['TCP', port] as const), ...udp.map((port) => ['UDP', port] as const)];
  const part = (action: 'permit' | 'block', sources: readonly string[]): string[] => [
    `ipsec static add filteraction name=${name}-${action} action=${action}`,
    `ipsec static add filterlist name=${name}-${action}`,
    ...sources.flatMap((source) =>
      ports.map(
        ([protocol, port]) =>
          `ipsec static add filter filterlist=${name}-${action} srcaddr=${source} dstaddr=me protocol=${protocol} srcport=0 dstport=${port} mirrored=no`,
      ),
    ),
    `ipsec static add rule name=${name}-${action} policy=${name} filterlist=${name}-${action} filteraction=${name}-${action}`,
  ];
  return [
    store(),
    `ipsec static add policy name=${name} description=Firebreak assign=no`,
    // Permits first: a policy that was cut off half-way never blocks those that have to get in.
    ...(exempt.length === 0 ? [] : part('permit', exempt)),
    ...part('block', ['any']),
  ];
}

function removePolicy({ name, exempt }: PolicyExport): string[] {
  const actions = exempt.length === 0 ? ['block'] : ['permit', 'block'];
  return [
    store(),
    `ipsec static delete policy name=${name}`,
    ...actions.flatMap((action) => [
      `ipsec static delete filterlist name=${name}-${action}`,
      `ipsec static delete filteraction name=${name}-${action}`,
    ]),
  ];
}

function common(): string[] {
  return [
    "$ErrorActionPreference = 'Stop'",
    'Import-Module GroupPolicy',
    'function Invoke-Netsh([string] $File) {',
    '    $text = (Get-Content -Path (Join-Path -Path $here -ChildPath $File)) -replace [regex]::Escape("{domain}"), $Domain',
    '    $ready = [System.IO.Path]::GetTempFileName()',
    '    try {',
    '        $text | Set-Content -Path $ready -Encoding Ascii',
    '        $output = & netsh.exe -f $ready',
    '        $failed = $LASTEXITCODE',
    '        $output',
    '        if ($failed -ne 0) { throw "netsh could not carry out $File (exit code $failed): nothing further was done" }',
    '    }',
    '    finally { Remove-Item -Path $ready }',
    '}',
  ];
}

function linkScript({ name, title }: PolicyExport): string[] {
  return [
    `# Makes the IPsec policy and the Group Policy object ${name} and links it. ${ascii(title)}`,
    '# Run as a domain admin on Windows Server 2008 R2 or later with the GroupPolicy module. Try it with -WhatIf first.',
    '[CmdletBinding(SupportsShouldProcess = $true)]',
    'param(',
    "    [Parameter(Mandatory = $true)] [ValidatePattern('^[A-Za-z0-9.-]+$')] [string] $Domain,",
    '    # Distinguished names of organizational units; never the domain itself, never Domain Controllers.',
    "    [Parameter(Mandatory = $true)] [ValidatePattern('^OU=')] [string[]] $Target",
    ')',
    '$here = Split-Path -Parent $MyInvocation.MyCommand.Path',
    ...common(),
    'foreach ($ou in $Target) {',
    "    if ($ou -match '^OU=Domain Controllers,') { throw 'this policy cuts domain controllers off: they are never a target' }",
    '}',
    `$name = '${name}'`,
    'if ($PSCmdlet.ShouldProcess($Domain, "make the IPsec policy and the Group Policy object $name")) {',
    "    Invoke-Netsh 'POLICY.TXT'",
    "    $null = New-GPO -Name $name -Domain $Domain -Comment 'Firebreak: temporary block, to be unlinked'",
    '    # Without a link it has no effect yet.',
    "    Invoke-Netsh 'ASSIGN.TXT'",
    '}',
    'foreach ($ou in $Target) {',
    '    if ($PSCmdlet.ShouldProcess($ou, "link $name")) { $null = New-GPLink -Name $name -Domain $Domain -Target $ou -LinkEnabled Yes }',
    '}',
    "'Hosts take it at their next Group Policy refresh (90 minutes, or gpupdate; secedit /refreshpolicy machine_policy on Windows 2000).'",
    "'Prove it from a host that is not excepted: firebreak shields verify does not see Group Policy, a port scan does.'",
  ];
}

function unlinkScript({ name, obligation }: PolicyExport): string[] {
  return [
    `# Takes ${name} back, in two goes: first it is un-assigned, and when every host has refreshed, -Finish removes it.`,
    '# A host whose Group Policy object is deleted while the policy is assigned may keep the policy from its cache.',
    '[CmdletBinding(SupportsShouldProcess = $true)]',
    'param(',
    "    [Parameter(Mandatory = $true)] [ValidatePattern('^[A-Za-z0-9.-]+$')] [string] $Domain,",
    "    [Parameter(Mandatory = $true)] [ValidatePattern('^OU=')] [string[]] $Target,",
    '    [switch] $Finish',
    ')',
    '$here = Split-Path -Parent $MyInvocation.MyCommand.Path',
    ...common(),
    `$name = '${name}'`,
    'if (-not $Finish) {',
    '    if ($PSCmdlet.ShouldProcess($name, "un-assign the policy")) { Invoke-Netsh \'UNASSIGN.TXT\' }',
    "    'Wait until every host has refreshed its Group Policy, then run this again with -Finish.'",
    '    return',
    '}',
    'foreach ($ou in $Target) {',
    '    if ($PSCmdlet.ShouldProcess($ou, "remove the link of $name")) { $null = Remove-GPLink -Name $name -Domain $Domain -Target $ou }',
    '}',
    'if ($PSCmdlet.ShouldProcess($Domain, "remove the Group Policy object and the IPsec policy $name")) {',
    '    $null = Remove-GPO -Name $name -Domain $Domain',
    "    Invoke-Netsh 'REMOVE.TXT'",
    '}',
    `'Tell Firebreak: firebreak shields discharge ${obligation} --by YOU --note WHY'`,
  ];
}

function readme(policy: PolicyExport): string[] {
  const { name, title, tcp, udp, exempt, sideEffects, isCis, obligation } = policy;
  return [
    `${ascii(title)}: block policy ${name} by Group Policy`,
    '',
    `Blocks, on every host below the linked units, inbound TCP ${tcp.join(' ')}${udp.length === 0 ? '' : ` and UDP ${udp.join(' ')}`},`,
    `but for these addresses: ${exempt.length === 0 ? 'NONE' : exempt.join(' ')}`,
    ...(isCis ? ['Never link it where a host serves HTTP or HTTPS: TCP 80 and 443 are blocked as well.'] : []),
    ascii(sideEffects),
    '',
    'BEFORE',
    '- It is for Windows 2000, XP and Server 2003 (and later). NT 4.0 knows no IPsec policy.',
    '- Never link it to the domain or to Domain Controllers. Leave file, mail, DNS and cluster servers out: their',
    '  clients would be cut off.',
    '- A host has one IPsec policy at a time, and one from Group Policy wins over a local one: a policy that another',
    '  Group Policy object assigns, and a shield that Firebreak has put up by IPsec, are without effect meanwhile.',
    '- Windows 2000 and XP let packets from source port 88 pass unless NoDefaultExempt is 1; this policy does not set it.',
    '',
    'LINK      powershell -File LINK.PS1 -Domain corp.example -Target "OU=Clients,DC=corp,DC=example" -WhatIf',
    '          then the same without -WhatIf',
    'UNLINK    powershell -File UNLINK.PS1 -Domain ... -Target ...            un-assigns',
    '          when every host has refreshed: the same with -Finish           removes',
    `AND THEN  firebreak shields discharge ${obligation} --by YOU --note WHY`,
    '',
    'BY HAND, where there is no GroupPolicy module (a domain of Windows 2000 or 2003)',
    '  1. Put the domain into POLICY.TXT, ASSIGN.TXT, UNASSIGN.TXT and REMOVE.TXT in place of {domain}.',
    '  2. On Server 2003: netsh -f POLICY.TXT. On 2000: make the same policy in the console IP Security Policies on',
    '     Active Directory.',
    `  3. Make a Group Policy object ${name}, not linked. Assign the policy in it: Computer Configuration, Windows`,
    '     Settings, Security Settings, IP Security Policies (or netsh -f ASSIGN.TXT). Then link it to the units.',
    '  4. Back: un-assign, wait for the refresh, remove the link, the object, and the policy (netsh -f REMOVE.TXT).',
    '',
    'WHAT THIS RESTS ON',
    'The commands follow the documentation of netsh ipsec (set store, set policy gponame=) and of the GroupPolicy',
    'module. They were not run against a domain by those who made Firebreak: use -WhatIf, and a test unit first.',
  ];
}

function ascii(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[^\x20-\x7e]/g, '-');
}
