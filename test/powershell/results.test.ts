import { describe, expect, it } from '@jest/globals';
import { RecordReader } from '../../src/powershell/results.ts';
import type { PipelineEvent, PsValue } from '../../src/protocol/index.ts';
import { listOf, messageObject, PsObject } from '../../src/protocol/index.ts';

const hostCall = (methodId: number, ...parameters: PsValue[]): PipelineEvent => ({
  kind: 'hostCall',
  callId: -100,
  methodId,
  method: methodId,
  parameters: listOf(parameters),
  wantsAnswer: false,
});
const information = (data: PsValue): PipelineEvent => ({
  kind: 'information',
  value: messageObject({ MessageData: data }),
});
const writeHost = (message: string): PipelineEvent =>
  information(
    new PsObject({
      typeNames: ['System.Management.Automation.HostInformationMessage'],
      adapted: new Map([['Message', message]]),
    }),
  );

function texts(events: readonly PipelineEvent[]): unknown[] {
  const reader = new RecordReader({ types: false });
  return events.map((event) => reader.read(event)?.value);
}

describe('Write-Host', () => {
  it('comes once from a host that tells it twice', () => {
    const events = [writeHost('a'), hostCall(16, 'a'), writeHost('a'), hostCall(17, 7, 0, 'a'), hostCall(16, 'direct')];
    expect(texts(events)).toEqual(['a', undefined, 'a', undefined, 'direct']);
  });

  it('comes from a host before PowerShell 5, which has the call alone, in all its forms', () => {
    const events = [
      hostCall(13, 'w1'),
      hostCall(14, 7, 0, 'w2'),
      hostCall(15),
      hostCall(16, 'l'),
      hostCall(17, 7, 0, 'c'),
    ];
    expect(texts(events)).toEqual(['w1', 'w2', '', 'l', 'c']);
  });

  it('is not mixed up with echoes of other streams', () => {
    expect(texts([hostCall(22, 'a warning'), hostCall(20, 0n, null), hostCall(18, 'an error line')])).toEqual([
      undefined,
      undefined,
      'an error line',
    ]);
  });

  it('remembers few echoes, so that records without a call are forgotten', () => {
    const many = Array.from({ length: 40 }, (_, index) => writeHost(`n${index}`));
    expect(texts([...many, hostCall(16, 'n0'), hostCall(16, 'n39')]).slice(-2)).toEqual(['n0', undefined]);
  });
});
