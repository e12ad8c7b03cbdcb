// What jest's reports (`--json`) come to when the one file that failed was run again alone; plain JavaScript, no effects.

const COUNTED = new Map([
  ['passed', 'passed'],
  ['failed', 'failed'],
  ['pending', 'skipped'],
  ['todo', 'skipped'],
  ['skipped', 'skipped'],
]);

/**
 * The only test file that failed among several, null when there were none or more: those are no chance.
 * @param {{ testResults: { name: string, status: string }[] }} report
 * @returns {string | null} its path
 */
export function onlyFailure(report) {
  const failed = report.testResults.filter(({ status }) => status === 'failed');
  return failed.length === 1 && report.testResults.length > 1 ? failed[0].name : null;
}

/**
 * Numbers of tests; a file that could not be run counts as one failed. What failed in the first report counts as the second
 * tells it, and is listed as flaky, when all of that passed in the second.
 * @returns {{ passed: number, failed: number, skipped: number, flaky: string[] }}
 */
export function totals(first, second = null) {
  const counts = { passed: 0, failed: 0, skipped: 0, flaky: [] };
  for (const file of first.testResults) {
    const failed = names(file, 'failed');
    const couldNotRun = file.status === 'failed' && failed.length === 0;
    const again = second?.success === true ? second.testResults.find(({ name }) => name === file.name) : undefined;
    const passed = again === undefined ? [] : names(again, 'passed');
    const isFlaky = passed.length > 0 && failed.every((name) => passed.includes(name));
    if (isFlaky) counts.flaky.push(...(couldNotRun ? [file.name] : failed));
    else if (couldNotRun) counts.failed += 1;
    for (const { status } of (isFlaky ? again : file).assertionResults) {
      const kind = COUNTED.get(status);
      if (kind !== undefined) counts[kind] += 1;
    }
  }
  return counts;
}

function names(file, wanted) {
  return file.assertionResults.filter(({ status }) => status === wanted).map(({ fullName }) => fullName);
}
