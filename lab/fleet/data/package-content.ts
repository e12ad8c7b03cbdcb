/**
 * Makes the file that stands for a real update package: the same bytes every time, so that its SHA-256 is known from
 * the data. Nothing of Microsoft's is in it.
 */
import { createHash } from 'node:crypto';
import { LabError } from '../errors.ts';
import type { LabPackage } from './schema.ts';

type ContentOf = Pick<LabPackage, 'package' | 'file' | 'kb' | 'content_bytes'>;

/** The file's bytes: a readable heading, then bytes that do not compress. */
function makePackageContent(of: ContentOf): Buffer {
  const heading = Buffer.from(
    `Firebreak lab package ${of.package}\r\nIt stands for ${of.file} (${of.kb}) and holds nothing of it.\r\n`,
  );
  const chunks = [heading];
  let length = heading.length;
  let block = createHash('sha256').update(heading).digest();
  while (length < of.content_bytes) {
    chunks.push(block);
    length += block.length;
    block = createHash('sha256').update(block).digest();
  }
  return Buffer.concat(chunks).subarray(0, of.content_bytes);
}

/** @throws LabError `lab.data` when the content is not the one that the data names */
export function checkedPackageContent(of: LabPackage): Buffer {
  const content = makePackageContent(of);
  const sha256 = createHash('sha256').update(content).digest('hex');
  if (sha256 !== of.sha256) {
    throw new LabError(
      'lab.data',
      `package ${of.package}: its content has SHA-256 ${sha256}, its data says ${of.sha256}`,
    );
  }
  return content;
}
