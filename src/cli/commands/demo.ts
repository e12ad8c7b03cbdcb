/** `firebreak demo`: the main job on lab fleets, before your eyes. */
import type { Command } from 'commander';
import type { DemoResult } from '../../app/demo/index.ts';
import type { FinishedRun, RunWatcher } from '../../app/index.ts';
import { EXIT_CODES } from '../../domain/index.ts';
import { interruptible } from '../interrupt.ts';
import { createDisplay, type RunDisplay, renderTable } from '../live/index.ts';
import { readVersion } from '../version.ts';

interface DemoFlags {
  readonly json?: boolean;
  readonly keep?: boolean;
}

export function registerDemo(program: Command): void {
  program
    .command('demo')
    .summary('remediate lab fleets before your eyes')
    .description(
      'Starts emulated Windows machines with every case a fleet has, remediates CVE-2020-0796 on them, and compares ' +
        'how each host ended with how its case must end.',
    )
    .option('--json', 'the result as one JSON line, the last of stdout')
    .option('--keep', 'leave the lab and the state, to play with')
    .addHelpText('after', '\nExamples:\n  $ npm run demo\n  $ npm run demo -- --json\n  $ npm run demo -- --keep')
    .action(async (flags: DemoFlags) => {
      const { demo } = await import('../../app/demo/index.ts');
      let display: RunDisplay | undefined;
      const watcher: RunWatcher = {
        start: (view) => {
          display = createDisplay(flags.json === true ? 'lines' : 'auto', view.hosts.length);
          display.start(view);
        },
        event: (event) => display?.event(event),
        progress: (progress) => display?.progress(progress),
      };
      const onProgress = (text: string) => process.stderr.write(`lab: ${text}\n`);
      const onRun = async ({ view }: FinishedRun) => {
        if (flags.json === true) await display?.stop();
        else await display?.finish(view, []);
        display = undefined;
      };
      const options = { keep: flags.keep === true, version: readVersion(), watcher, onProgress, onRun };
      let result: DemoResult;
      try {
        result = await interruptible((signal) => demo({ ...options, signal }));
      } catch (thrown) {
        await display?.stop();
        throw thrown;
      }
      if (flags.json === true) {
        const hosts = result.hosts.map(({ wrong: _wrong, ...host }) => host);
        process.stdout.write(`${JSON.stringify({ ok: result.ok, runs: result.runs, hosts })}\n`);
      } else {
        process.stdout.write(`${renderResult(result)}\n`);
      }
      for (const { host, wrong } of result.hosts)
        if (wrong.length > 0) process.stderr.write(`${host}: ${wrong.join('; ')}\n`);
      process.exitCode = result.ok ? EXIT_CODES.fine : EXIT_CODES.bug;
    });
}

function renderResult({ ok, hosts, reports, kept }: DemoResult): string {
  const rows = hosts.map((host) => [
    host.wrong.length === 0 ? 'ok' : 'WRONG',
    host.host,
    `${host.profile}/${host.variant}`,
    host.expected,
    host.outcome,
    String(host.installs),
    String(host.reboots),
  ]);
  const next =
    kept === null
      ? ['npm run demo -- --keep       the same, and the lab stays up to play with']
      : [
          `export FIREBREAK_STATE=${kept.state}`,
          'node bin/firebreak.js status last',
          'node bin/firebreak.js shields list',
          'node bin/firebreak.js rerun last --failed',
          `node bin/firebreak.js exec -i ${kept.labs[0]?.inventory} all -- 'Get-HotFix'`,
          `node bin/firebreak.js verify ms03-039 -i ${kept.labs.at(-1)?.inventory} 'all:!relays'`,
          ...kept.labs.flatMap(({ dir }) => [
            `node bin/firebreak.js lab status --dir ${dir}`,
            `node bin/firebreak.js lab down --dir ${dir}`,
          ]),
        ];
  return [
    '',
    'As the machines themselves counted it:',
    renderTable([['', 'HOST', 'CASE', 'EXPECTED', 'OUTCOME', 'INSTALLS', 'REBOOTS'], ...rows]),
    '',
    ok ? 'Every host ended as its case must.' : 'Some hosts did not end as their case must.',
    ...reports.map((file) => `report: ${file}`),
    '',
    'Next:',
    ...next.map((line) => `  ${line}`),
  ].join('\n');
}
