/**
 * The controller dies at every point of a run with questions — before and after each write, at each prompt, at each touch
 * of the host — and again when it resumes. Each question is asked once as long as it is pending, no answer is lost, and the
 * host ends as if nothing had happened.
 */
import { describe, expect, it } from '@jest/globals';
import type { PlannedNode, Question, RunEvent } from '../../src/domain/index.ts';
import { answerQuestion } from '../../src/engine/index.ts';
import { type End, resultOf, World } from '../engine/support/controller.ts';
import { block, plan, step } from '../engine/support/plans.ts';

const DOWN_FOR_MS = 90_000;

/** Two questions: before the shield, and between shield and install. */
function steps(): PlannedNode[] {
  return [
    step('verify', 'patch.verify'),
    step('first', 'operator.confirm', { with: { question: 'Go on?' }, if: 'steps.verify.fixed == false' }),
    block('main', {
      block: [
        step('shield', 'shield.apply'),
        step('second', 'operator.ask', { with: { question: 'Change number?' } }),
        step('install', 'package.install'),
        step('reboot', 'host.reboot', { if: 'steps.install.reboot_required == true' }),
        step('reverify', 'patch.verify'),
      ],
      always: [step('revert', 'shield.revert', { if: 'steps.reverify.fixed == true' })],
    }),
  ];
}

const ANSWERS: { readonly [text: string]: string } = { 'Go on?': 'yes', 'Change number?': 'CHG1' };
const atTerminal = ({ text }: Question): string => ANSWERS[text] ?? '';

async function eventsOf(world: World): Promise<readonly RunEvent[]> {
  return (await world.journal()).events('r1');
}

async function expectUndisturbed(world: World, place: string): Promise<void> {
  const machine = world.machine();
  expect([place, machine.count('install'), machine.count('reboot'), machine.policy]).toEqual([
    place,
    1,
    1,
    'admins-own',
  ]);
  expect([place, machine.marker, [...world.store.leases]]).toEqual([place, null, []]);
  const events = await eventsOf(world);
  const asked = events.flatMap((event) => (event.type === 'OperatorAsked' ? [event.step] : []));
  expect([place, asked]).toEqual([place, ['first', 'second']]);
  const answered = events.flatMap((event) =>
    event.type === 'OperatorAnswered' ? [`${event.step} ${event.answer}`] : [],
  );
  expect([place, answered]).toEqual([place, ['first yes', 'second CHG1']]);
  const journal = await world.journal();
  expect(await journal.openObligations()).toEqual([]);
}

async function hasBegun(world: World): Promise<boolean> {
  return (await (await world.journal()).runs()).length > 0;
}

/** Answers whatever is open; whoever answers may do so right after the controller has died. */
async function answerAll(world: World): Promise<number> {
  const journal = await world.journal();
  let answered = 0;
  for (const id of ['first', 'second']) {
    const at = new Date(world.clock.now()).toISOString();
    const value = id === 'first' ? 'yes' : 'CHG1';
    await answerQuestion(journal, { run: 'r1', host: 'web01', step: id, answer: value, by: 'ann@desk', at }).then(
      () => {
        answered += 1;
      },
      (thrown: unknown) => expect(thrown).toMatchObject({ code: expect.stringMatching(/^FB_(RUN_STATE|NO_HOSTS)$/) }),
    );
  }
  return answered;
}

/** Resume and answer in turns, as an operator does, until the run has ended. */
async function seeThrough(world: World, place: string): Promise<void> {
  for (let turn = 0; turn < 6; turn++) {
    if (!(await hasBegun(world))) {
      resultOf(await world.start('r1', plan(steps())));
      continue;
    }
    const info = (await (await world.journal()).runs())[0];
    if (info?.state === 'completed') break;
    await answerAll(world);
    resultOf(await world.resume('r1'));
  }
  const end = (await eventsOf(world)).findLast((event) => event.type === 'HostFinished');
  expect([place, end?.type === 'HostFinished' ? end.outcome : null]).toEqual([place, 'remediated']);
  await expectUndisturbed(world, place);
}

/** The unattended way, in three lives: to the first question, to the second, to the end. */
async function unattended(world: World, dies: { readonly life: number; readonly at: number }): Promise<End[]> {
  const ends: End[] = [];
  for (const life of [0, 1, 2]) {
    const options = dies.life === life ? { diesAt: dies.at } : {};
    ends.push(life === 0 ? await world.start('r1', plan(steps()), options) : await world.resume('r1', options));
    if (dies.life === life) return ends;
    await answerAll(world);
  }
  return ends;
}

describe('a run that asks dies', () => {
  it('anywhere in an unattended run, also between answer and end', async () => {
    const whole = await unattended(new World({ hasMarker: true }), { life: -1, at: 0 });
    expect(whole.map((end) => resultOf(end).how)).toEqual(['waiting', 'waiting', 'completed']);
    for (const life of [0, 1, 2]) {
      const { points } = whole[life]!.life;
      expect(points.length).toBeGreaterThan(15);
      for (let at = 0; at < points.length; at++) {
        const world = new World({ hasMarker: true });
        const ends = await unattended(world, { life, at });
        expect(ends.at(-1)).toHaveProperty('died');
        world.clock.advance(DOWN_FOR_MS);
        await seeThrough(world, `life ${life}, ${at}: ${points[at]}`);
      }
    }
  });

  it('anywhere while somebody sits at the terminal: asked again there, journalled once', async () => {
    const whole = new World({ hasMarker: true });
    const { points } = (await whole.start('r1', plan(steps()), { answers: atTerminal })).life;
    await expectUndisturbed(whole, 'undisturbed');
    expect(points.filter((point) => point.startsWith('prompt '))).toEqual(['prompt first', 'prompt second']);
    for (let at = 0; at < points.length; at++) {
      const world = new World({ hasMarker: true });
      expect(await world.start('r1', plan(steps()), { answers: atTerminal, diesAt: at })).toHaveProperty('died');
      world.clock.advance(DOWN_FOR_MS);
      const place = `${at}: ${points[at]}`;
      const begun = await hasBegun(world);
      const end = await (begun
        ? world.resume('r1', { answers: atTerminal })
        : world.start('r1', plan(steps()), { answers: atTerminal })
      ).catch((thrown: unknown) => {
        expect(thrown).toMatchObject({ code: 'FB_RUN_STATE' });
        return null;
      });
      if (end !== null) expect([place, resultOf(end).view.hosts[0]?.outcome]).toEqual([place, 'remediated']);
      if (end !== null) await expectUndisturbed(world, place);
    }
  });

  it('at the terminal, is answered from elsewhere and resumed unattended', async () => {
    const { points } = (await new World({ hasMarker: true }).start('r1', plan(steps()), { answers: atTerminal })).life;
    let prompts = 0;
    for (let at = 0; at < points.length; at++) {
      if (!points[at]!.startsWith('prompt ')) continue;
      prompts += 1;
      const world = new World({ hasMarker: true });
      await world.start('r1', plan(steps()), { answers: atTerminal, diesAt: at });
      world.clock.advance(86_400_000);
      expect(await answerAll(world)).toBe(1);
      await seeThrough(world, points[at]!);
    }
    expect(prompts).toBe(2);
  });
});
