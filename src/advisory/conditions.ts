/**
 * Settings that leave a hole open although its fix is in, and the service without which there is no hole. Pure; the fix
 * itself is judged elsewhere.
 */
import type { PatchEvidence } from './evidence.ts';
import type { Advisory } from './schema.ts';
import type { Condition } from './schema-conditions.ts';
import type { Verdict } from './verdict.ts';

type State = 'met' | 'unmet' | 'unknown';

/** Path of a value as evidence names it. */
export function valuePath(value: { readonly key: string; readonly name: string }): string {
  return `${value.key}\\${value.name}`;
}

/** The verdict on the fix, seen in the light of what else the advisory asks. */
export function judgeSurroundings(advisory: Advisory, evidence: PatchEvidence, judged: Verdict): Verdict {
  if (judged.applicable === false) return judged;
  const service = advisory.if_service;
  if (service !== undefined) {
    const exists = evidence.services?.find((item) => item.name.toLowerCase() === service.toLowerCase())?.exists;
    if (exists === false) {
      const reason = `the service ${service} is not installed, and without it there is no hole`;
      return { ...judged, verdict: 'not-affected', applicable: false, fixed: false, reason };
    }
    if (exists !== true && !judged.fixed) {
      const reason = `whether the service ${service} is installed could not be read; ${judged.reason}`;
      return { ...judged, verdict: 'unknown', applicable: null, reason };
    }
  }
  const isIn = judged.verdict === 'patched' || judged.verdict === 'superseded';
  const states = advisory.conditions.map((condition) => judgeCondition(condition, evidence));
  const unmet = states.filter(({ state }) => state === 'unmet');
  if (unmet.length > 0) {
    const reason = `${judged.reason}${isIn ? '; but' : '; and'} ${unmet.map(({ text }) => text).join('; ')}`;
    const open = { ...judged, settingsOpen: true, reason } as const;
    return isIn ? { ...open, verdict: 'vulnerable', fixed: false, leftOpen: true } : open;
  }
  const unknown = states.find(({ state }) => state === 'unknown');
  if (unknown === undefined || !isIn) return judged;
  return { ...judged, verdict: 'unknown', fixed: false, reason: `${judged.reason}; but ${unknown.text}` };
}

function judgeCondition(
  condition: Condition,
  evidence: PatchEvidence,
): { readonly state: State; readonly text: string } {
  const overruled = (condition.unless ?? []).map((item) => isOverruled(item, evidence));
  if (overruled.includes(true)) return { state: 'met', text: '' };
  const read = condition.values.map((item) => ({ item, found: findValue(item, evidence) }));
  const bad = read.filter(
    ({ item, found }) => found?.present === true && (found.value === null || !item.safe.includes(found.value)),
  );
  const unread = [
    ...read.filter(({ found }) => found === undefined || found.present === null).map(({ item }) => item.name),
    ...(condition.unless ?? [])
      .filter((_, at) => overruled[at] === null)
      .map((item) => (findValue(item, evidence)?.present === false ? 'the revision of the build' : item.name)),
  ];
  // A bad value counts unless what overrules it could not be read.
  if (bad.length > 0 && !overruled.includes(null)) {
    const values = bad.map(({ item, found }) => `${item.name} is ${found?.value ?? 'of a strange type'}`).join(', ');
    return { state: 'unmet', text: `${condition.title} (${values}): ${condition.remedy}` };
  }
  if (unread.length === 0 || (bad.length === 0 && read.every(({ found }) => typeof found?.present === 'boolean'))) {
    return { state: 'met', text: '' };
  }
  return { state: 'unknown', text: `could not be read: ${unread.join(', ')}` };
}

/** Null: cannot be told. */
function isOverruled(item: NonNullable<Condition['unless']>[number], evidence: PatchEvidence): boolean | null {
  const found = findValue(item, evidence);
  if (found === undefined || found.present === null) return null;
  if (found.present) return found.value === item.is;
  const floor = item.absent_from
    ?.map((text) => text.split('.').map(Number))
    .find(([build]) => build === evidence.build);
  if (floor === undefined) return false;
  if (evidence.ubr === null || evidence.ubr === 0) return null;
  return evidence.ubr >= (floor[1] ?? Number.POSITIVE_INFINITY);
}

function findValue(item: { readonly key: string; readonly name: string }, { values }: PatchEvidence) {
  return values?.find(({ path }) => path.toLowerCase() === valuePath(item).toLowerCase());
}
