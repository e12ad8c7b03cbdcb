/** Which steps `--tags` and `--skip-tags` leave, by Ansible's rules. Pure. */
import { FirebreakError, type PlannedNode, type PlannedStep } from '../domain/index.ts';
import { didYouMean } from '../util/index.ts';
import { allSteps } from './steps.ts';

export interface TagChoice {
  /** Empty: all but `never`. */
  readonly only: readonly string[];
  readonly skip: readonly string[];
}

const ALWAYS_KNOWN = ['all', 'tagged', 'untagged', 'always', 'never'];

/**
 * The nodes that are left; blocks without steps are left out.
 * @throws FB_USAGE for a tag that no step has, and when nothing is left
 */
export function selectByTags(nodes: readonly PlannedNode[], choice: TagChoice): readonly PlannedNode[] {
  const known = [...new Set([...allSteps(nodes)].flatMap(({ tags }) => tags ?? []))].sort();
  for (const tag of [...choice.only, ...choice.skip]) {
    if (known.includes(tag) || ALWAYS_KNOWN.includes(tag)) continue;
    const list = known.length === 0 ? 'this playbook has no tags' : `tags: ${known.join(', ')}`;
    throw new FirebreakError('FB_USAGE', `no step has the tag "${tag}"`, { remedy: didYouMean(tag, known) || list });
  }
  const left = nodes.flatMap((node) => select(node, choice));
  if (left.length > 0) return left;
  throw new FirebreakError('FB_USAGE', 'no step is left by --tags and --skip-tags', {
    remedy: known.length === 0 ? 'this playbook has no tags' : `tags: ${known.join(', ')}`,
  });
}

function select(node: PlannedNode, choice: TagChoice): readonly PlannedNode[] {
  if (node.kind === 'step') return isChosen(node, choice) ? [node] : [];
  const [block, rescue, always] = [node.block, node.rescue, node.always].map((part) =>
    part.flatMap((inner) => select(inner, choice)),
  );
  const left = { ...node, block: block ?? [], rescue: rescue ?? [], always: always ?? [] };
  return left.block.length + left.always.length === 0 ? [] : [left];
}

function isChosen(step: PlannedStep, { only, skip }: TagChoice): boolean {
  const tags = step.tags ?? [];
  const has = (wanted: readonly string[]): boolean =>
    wanted.some((tag) => tags.includes(tag)) || (tags.length === 0 && wanted.includes('untagged'));
  const isTagged = tags.length > 0;
  const wanted = only.length === 0 ? ['all'] : only;
  const isNever = tags.includes('never');
  const isWanted =
    tags.includes('always') ||
    has(wanted) ||
    (wanted.includes('all') && !isNever) ||
    (wanted.includes('tagged') && isTagged && !isNever);
  if (!isWanted) return false;
  if (skip.includes('all')) return tags.includes('always') && !skip.includes('always');
  return !has(skip) && !(skip.includes('tagged') && isTagged);
}
