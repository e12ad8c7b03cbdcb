import { describe, expect, it } from '@jest/globals';
import { rebootMessage } from '../../src/actions/reboot-message.ts';

describe('what users are told before a restart', () => {
  it.each([
    ['0411', /再起動/],
    ['ja-JP', /再起動/],
    ['0407', /Neustart/],
    // German of Austria.
    ['0c07', /Neustart/],
    ['fr-CA', /Redémarrage/],
    ['0804', /重新启动/],
    ['0404', /重新啟動/],
    ['zh-Hant-HK', /重新啟動/],
    ['0416', /Reinício/],
    ['0409', /restarts in 5 min/],
    ['0439', /restarts in 5 min/],
    ['', /restarts in 5 min/],
    [null, /restarts in 5 min/],
  ])('is in the language of the system: %s', (language, text) => {
    expect(rebootMessage(language, 300)).toMatch(text);
  });

  it('fits into what the oldest shutdown.exe takes, and has no sign that a console would take for its own', () => {
    for (const language of ['en', 'ja', 'de', 'fr', 'es', 'it', 'pt', 'nl', 'ko', 'zh-CN', 'zh-TW', 'ru', 'pl', 'sv']) {
      for (const seconds of [0, 59, 60, 300, 3600]) {
        const text = rebootMessage(language, seconds);
        expect([language, text.length <= 127, /[%"&|<>^]/.test(text)]).toEqual([language, true, false]);
      }
      expect(rebootMessage(language, 3600)).toContain('60');
    }
  });
});
