/** The paper in the kit's case: what the person at the console does. Must not know how the script does it. */
import type { KitManifest } from './model.ts';

/** ASCII, CR LF: opens in the Notepad of every Windows. */
export function readme(manifest: KitManifest, title: string): string {
  const systems = [...new Set(manifest.targets.map(({ os, language }) => `${os}, ${language}`))];
  const hosts = manifest.hosts.length === 0 ? ['any of the systems above'] : manifest.hosts;
  return lines(`${ascii(title)}
Firebreak kit ${manifest.id}

FOR WHOM
${systems.map((text) => `  ${text}`).join('\n')}
Made for:
${hosts.map((name) => `  ${name}`).join('\n')}

WHAT TO DO AT EACH MACHINE
1. Unplug the network cable, or switch the wireless card off.
2. If the machine was attacked or restarts by itself: restart it.
3. Log on as an administrator of the machine.
4. Open a command prompt and start INSTALL.CMD from this medium:
     E:\\INSTALL.CMD
   It reads what is there, installs the package that fits, once, and writes what it
   saw to the folder RESULTS of this medium.
5. When it says so, RESTART the machine. On Windows XP and Server 2003
     E:\\INSTALL.CMD reboot
   restarts it by itself; NT 4.0 and 2000 have no program for it.
6. Log on again and start INSTALL.CMD once more. It installs nothing this time: it
   only looks. WITHOUT THIS SECOND VISIT NOBODY CAN KNOW THAT THE FIX IS IN.
7. Plug the network in again when the people at home say so.

Then bring the medium back. They read it with
     firebreak kit import FOLDER -i INVENTORY

WORDS THAT INSTALL.CMD KNOWS
  check      only look; install nothing
  again      install once more, when the installer ended with an error, or although
             the registry says that the fix is in
  reboot     restart after the installation, where Windows can (XP, 2003)
  dcom-off   switch DCOM off before the installation (NT 4.0, 2000 from SP3, XP, 2003).
             It protects after the restart. Remote management over DCOM stops working.
  dcom-on    switch DCOM on again, if this kit has switched it off
Set before the start, where needed:
  set FB_BY=Your Name        who you are, if you logged on as Administrator
  set FB_RESULTS=A:\\         where the results go, if this medium is a CD
  set FB_NOCOPY=1            do not copy system files to the results (two megabytes): for
                             floppy disks. The verdict is then less certain.
From a CD the results go to %SystemRoot%\\Firebreak\\results: copy that folder to
another medium.

WHEN SOMETHING GOES WRONG
- "SIGNS OF AN INFECTION": leave the machine off the network. It is to be rebuilt.
- "not started again": the installer was started before and left no exit code. If you are
  sure that none is running (restart the machine first), delete the folder that
  receipt.txt in the results names, without its last word, and start INSTALL.CMD again.
- A window says that a registry key cannot be exported: press Enter.
- "no package": the machine is another Windows, service pack or language than the kit is for.

IS THE MEDIUM INTACT?
SHA256SUMS lists every file. On another machine: sha256sum -c SHA256SUMS
`);
}

/** The same in short, in Japanese; UTF-16 with a byte order mark, which Notepad knows since NT. */
export function readmeJapanese(manifest: KitManifest): Buffer {
  const text = lines(`Firebreak キット ${manifest.id}

各コンピューターでの手順
1. ネットワーク ケーブルを抜きます (無線の場合は無線を無効にします)。
2. 攻撃を受けている、または勝手に再起動する場合は、再起動します。
3. そのコンピューターの管理者としてログオンします。
4. コマンド プロンプトでこの媒体の INSTALL.CMD を実行します。
5. 指示が出たら再起動します (XP と Server 2003 では INSTALL.CMD reboot が自動的に再起動します)。
6. もう一度ログオンし、INSTALL.CMD をもう一度実行します。2 回目は確認だけで、インストールはしません。
   2 回目を実行しないと、修正が有効になったことを確認できません。
7. 担当者の指示を待って、ネットワークに接続します。

終わったら、この媒体を担当者に返してください (結果は RESULTS フォルダーにあります)。
「SIGNS OF AN INFECTION」と表示されたら、ネットワークに接続せず、担当者に連絡してください。
詳しくは README.TXT を見てください。
`);
  return Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]);
}

function lines(text: string): string {
  return text.replaceAll('\n', '\r\n');
}

function ascii(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '-');
}
