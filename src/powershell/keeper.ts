/**
 * Output that survives its client: what a host delivers to a controller that then dies is lost by protocol. So a pipeline
 * with a receipt has a second command behind it that passes everything on and keeps it in the runspace too, where
 * another process can ask for it as long as the session lives. Must not know how sessions are taken over.
 */
import type { Json, PowerShellError } from '../domain/index.ts';
import type { PsCommand } from '../protocol/index.ts';
import { toParameters } from './bind.ts';

/**
 * Hashtables and numbers only, which constrained language allows. Its begin block runs before anything of the command
 * before it; its end block only if that one was not ended by an error.
 */
const KEEP = `param([string] $Key)
begin {
    $kept = @{ Key = $Key; Output = @{}; ErrorsBefore = $Error.Count; IsDone = $false }
    $global:FirebreakKept = $kept
}
process {
    $kept.Output[$kept.Output.Count] = $_
    , $_
}
end { $kept.IsDone = $true }`;

/** Plain strings first, so that serialization cannot cut anything short; then the objects as they were. */
const GIVE = `param([string] $Key)
$kept = $global:FirebreakKept
if ($kept -isnot [hashtable] -or $kept.Key -ne $Key) { return }
"$($kept.IsDone)"
$count = [Math]::Max(0, $Error.Count - $kept.ErrorsBefore)
"$count"
for ($i = $count - 1; $i -ge 0; $i--) {
    "$($Error[$i])"
    "$($Error[$i].FullyQualifiedErrorId)"
    "$($Error[$i].CategoryInfo.Category)"
    "$($Error[$i].TargetObject)"
}
for ($i = 0; $i -lt $kept.Output.Count; $i++) { , $kept.Output[$i] }`;

/** To be put behind the command whose output is to be kept. */
export function keepCommand(key: string): PsCommand {
  return { text: KEEP, isScript: true, useLocalScope: true, parameters: toParameters({ Key: key }) };
}

/** Gives what was kept. */
export function giveCommand(key: string): PsCommand {
  return { text: GIVE, isScript: true, useLocalScope: true, parameters: toParameters({ Key: key }) };
}

export interface Kept {
  /** False: the pipeline was ended by an error, or has not ended. */
  readonly isDone: boolean;
  readonly output: readonly Json[];
  /** Of $Error, so also those that the script itself has caught. */
  readonly errors: readonly PowerShellError[];
}

/** The output of `giveCommand`; undefined: nothing of that key was begun in the runspace. */
export function readKept(output: readonly Json[]): Kept | undefined {
  const [isDone, count, ...rest] = output;
  if (typeof isDone !== 'string' || typeof count !== 'string' || !/^\d{1,5}$/.test(count)) return undefined;
  const fields = rest.slice(0, Number(count) * 4).map((field) => (typeof field === 'string' ? field : ''));
  const errors = Array.from({ length: Math.floor(fields.length / 4) }, (_, index): PowerShellError => {
    const [message = '', fullyQualifiedErrorId = '', category = '', target = ''] = fields.slice(index * 4);
    return { message, fullyQualifiedErrorId, category, target: target === '' ? null : target };
  });
  return { isDone: isDone === 'True', output: rest.slice(fields.length), errors };
}
