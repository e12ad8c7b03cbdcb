/**
 * What users who are logged on are told before a restart, in the language in which the system speaks to them. At most 127
 * characters: shutdown.exe took no more until Server 2003.
 */

interface Message {
  /** Of a restart right away. */
  readonly now: string;
  /** Of one in some minutes. */
  readonly soon: (minutes: number) => string;
}

const ENGLISH: Message = {
  now: 'This computer restarts now to complete a security update.',
  soon: (minutes) => `This computer restarts in ${minutes} min to complete a security update. Please save your work.`,
};

/** By the primary part of the language's tag; Chinese by script. */
const MESSAGES: { readonly [language: string]: Message } = {
  en: ENGLISH,
  ja: {
    now: 'セキュリティ更新を完了するため、このコンピューターを今すぐ再起動します。',
    soon: (minutes) =>
      `セキュリティ更新を完了するため、このコンピューターは ${minutes} 分後に再起動します。作業中のデータを保存してください。`,
  },
  de: {
    now: 'Dieser Computer wird jetzt neu gestartet, um ein Sicherheitsupdate abzuschließen.',
    soon: (minutes) =>
      `Neustart in ${minutes} min, um ein Sicherheitsupdate abzuschließen. Bitte speichern Sie Ihre Arbeit.`,
  },
  fr: {
    now: 'Cet ordinateur redémarre maintenant pour terminer une mise à jour de sécurité.',
    soon: (minutes) =>
      `Redémarrage dans ${minutes} min pour terminer une mise à jour de sécurité. Veuillez enregistrer votre travail.`,
  },
  es: {
    now: 'Este equipo se reinicia ahora para completar una actualización de seguridad.',
    soon: (minutes) =>
      `Reinicio en ${minutes} min para completar una actualización de seguridad. Guarde su trabajo, por favor.`,
  },
  it: {
    now: 'Il computer viene riavviato ora per completare un aggiornamento della sicurezza.',
    soon: (minutes) =>
      `Riavvio tra ${minutes} min per completare un aggiornamento della sicurezza. Salvare il proprio lavoro.`,
  },
  pt: {
    now: 'Este computador será reiniciado agora para concluir uma atualização de segurança.',
    soon: (minutes) =>
      `Reinício em ${minutes} min para concluir uma atualização de segurança. Salve o seu trabalho, por favor.`,
  },
  nl: {
    now: 'Deze computer wordt nu opnieuw opgestart om een beveiligingsupdate te voltooien.',
    soon: (minutes) => `Opnieuw opstarten over ${minutes} min om een beveiligingsupdate te voltooien. Sla uw werk op.`,
  },
  ko: {
    now: '보안 업데이트를 완료하기 위해 이 컴퓨터를 지금 다시 시작합니다.',
    soon: (minutes) =>
      `보안 업데이트를 완료하기 위해 이 컴퓨터가 ${minutes}분 후 다시 시작됩니다. 작업 내용을 저장하십시오.`,
  },
  'zh-hans': {
    now: '为完成安全更新,此计算机将立即重新启动。',
    soon: (minutes) => `为完成安全更新,此计算机将在 ${minutes} 分钟后重新启动。请保存您的工作。`,
  },
  'zh-hant': {
    now: '為完成安全性更新,此電腦將立即重新啟動。',
    soon: (minutes) => `為完成安全性更新,此電腦將在 ${minutes} 分鐘後重新啟動。請儲存您的工作。`,
  },
  ru: {
    now: 'Компьютер будет перезагружен сейчас для завершения установки обновления безопасности.',
    soon: (minutes) =>
      `Перезагрузка через ${minutes} мин для завершения обновления безопасности. Сохраните свою работу.`,
  },
  pl: {
    now: 'Komputer zostanie teraz uruchomiony ponownie, aby dokończyć aktualizację zabezpieczeń.',
    soon: (minutes) =>
      `Ponowne uruchomienie za ${minutes} min, aby dokończyć aktualizację zabezpieczeń. Proszę zapisać swoją pracę.`,
  },
  sv: {
    now: 'Datorn startas om nu för att slutföra en säkerhetsuppdatering.',
    soon: (minutes) => `Datorn startas om ${minutes} min för att slutföra en säkerhetsuppdatering. Spara ditt arbete.`,
  },
};

/** Primary parts of language identifiers (MS-LCID): the low ten bits. */
const PRIMARY: { readonly [id: number]: string } = {
  7: 'de',
  9: 'en',
  10: 'es',
  12: 'fr',
  16: 'it',
  17: 'ja',
  18: 'ko',
  19: 'nl',
  21: 'pl',
  22: 'pt',
  25: 'ru',
  29: 'sv',
};
const CHINESE = 0x04;
/** Taiwan, Hong Kong, Macao. */
const TRADITIONAL: ReadonlySet<number> = new Set([0x0404, 0x0c04, 0x1404]);

/**
 * @param language - `0411` or `ja-JP`; null or one without a text of ours: English
 * @param seconds - until the restart; less than a minute is now
 */
export function rebootMessage(language: string | null, seconds: number): string {
  const message = MESSAGES[nameOf(language ?? '')] ?? ENGLISH;
  return seconds < 60 ? message.now : message.soon(Math.floor(seconds / 60));
}

function nameOf(language: string): string {
  if (/^[0-9a-f]{4}$/i.test(language)) {
    const id = Number.parseInt(language, 16);
    if ((id & 0x3ff) === CHINESE) return TRADITIONAL.has(id) ? 'zh-hant' : 'zh-hans';
    return PRIMARY[id & 0x3ff] ?? '';
  }
  const [primary = '', ...rest] = language.toLowerCase().split('-');
  if (primary !== 'zh') return primary;
  return rest.some((part) => ['tw', 'hk', 'mo', 'hant'].includes(part)) ? 'zh-hant' : 'zh-hans';
}
