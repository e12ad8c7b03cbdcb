/**
 * Who has signed a package, as the host's own Windows judges it (behind a relay: the relay's, which reads the file on the
 * host). The controller judges no signature itself: which roots are trusted, and since when, is Windows' business.
 */
import { z } from 'zod';
import type { ErrorRecord, StepContext } from '../domain/index.ts';
import { callHost } from './host-call.ts';

const signatureSchema = z.object({
  /** SignatureStatus: Valid, NotSigned, HashMismatch, NotTrusted, UnknownError … */
  Status: z.string(),
  Message: z.string(),
  /** Subject of the signer's certificate; null = unsigned. */
  Subject: z.string().nullable(),
});

/** A signature over some gigabytes on a slow disk takes minutes. */
const SIGNATURE_TIMEOUT_MS = 600_000;

const SAYS: { readonly [status: string]: string } = {
  NotSigned: 'is not signed',
  HashMismatch: 'was changed after it had been signed',
  NotTrusted: 'bears a signature that Windows does not trust there',
};

/**
 * Null: validly signed by `signer`.
 *
 * @throws FirebreakError those of callHost
 */
export async function checkSignature(step: StepContext, path: string, signer: string): Promise<ErrorRecord | null> {
  const found = await callHost(step, {
    module: 'Package',
    function: 'Get-FbSignature',
    parameters: { Path: path },
    result: signatureSchema,
    timeoutMs: SIGNATURE_TIMEOUT_MS,
  });
  const isBy = found.Subject !== null && isSignedBy(found.Subject, signer);
  if (found.Status === 'Valid' && isBy) return null;
  const where = `${path} on ${step.host.name}`;
  const says =
    SAYS[found.Status] ?? `has a signature that cannot be verified there (${found.Status}: ${found.Message})`;
  return {
    code: 'FB_PACKAGE_SIGNATURE',
    message:
      found.Status === 'Valid'
        ? `${where} is signed by ${found.Subject}, not by ${signer}`
        : `${where} ${says}; it should be signed by ${signer}`,
    remedy:
      'get the package from its maker again; where the system is too old for the signature (SHA-2 before KB4474419) and the checksum is right: with: { signature: skip }',
    retryable: false,
  };
}

/** Whether the common name or the organisation of a subject is this one. */
function isSignedBy(subject: string, signer: string): boolean {
  return [...subject.matchAll(/(?:^|,\s*)(CN|O)=("(?:[^"]|"")*"|[^,]*)/g)].some(([, , value = '']) => {
    const plain = value.startsWith('"') ? value.slice(1, -1).replaceAll('""', '"') : value.trim();
    return plain === signer;
  });
}
