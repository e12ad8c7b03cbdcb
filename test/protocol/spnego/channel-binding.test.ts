/** Certificates made by openssl; the hashes are from `openssl dgst` of their DER. */
import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ProtocolError, tlsServerEndPoint } from '../../../src/protocol/index.ts';

const GOLDEN: readonly (readonly [string, string, string])[] = [
  [
    'ECDSA, SHA-1',
    '2f177ce45c3af2316e4ff0fa87e7597cfcbcf30d27d256b01ec7675e3b43ef8f',
    'MIIBazCCARKgAwIBAgIUXbFk6kiSuZHhbrkVfTTpu1PdpIowCQYHKoZIzj0EATAMMQowCAYDVQQDDAF4MB4XDTI2MTEyMzA3MTUwMVoXDTM2MTEyMDA3MTUwMVowDDEKMAgGA1UEAwwBeDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABNbe8EK5jiI9678DZ3kEXqE1VoLlt2EH8LkAB6o8vOtuM49YmFJdYriQWHUjLaIO68/Px5/1ZFkchFWlj2xFsnSjUzBRMB0GA1UdDgQWBBTaf60CJY+bh/uEO79JmVV3iM9zgzAfBgNVHSMEGDAWgBTaf60CJY+bh/uEO79JmVV3iM9zgzAPBgNVHRMBAf8EBTADAQH/MAkGByqGSM49BAEDSAAwRQIhAMJc1mB8GCXDNG6AwWGentrFv321URDEDwOmOA2MR+4HAiAHq3hLJQYK9u/qGnbXL6lzd3cehPIREIg2+3QJs3G3xw==',
  ],
  [
    'ECDSA, SHA-256',
    'ad80d58be4fe591235f20121aed744c75e3276b8d38f2817c132f9407356f467',
    'MIIBbDCCAROgAwIBAgIUeF7gNzBeNr+exj6xRxzrbIHCNHcwCgYIKoZIzj0EAwIwDDEKMAgGA1UEAwwBeDAeFw0yNjExMjMwNzE1MDFaFw0zNjExMjAwNzE1MDFaMAwxCjAIBgNVBAMMAXgwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQj+QVP5ZoNbGjfbUUAEhu9Y8P6v7W9ATtiNwUcTUx6orRqNj3K9QfjayCCKuouTslnXmTAv/fd8P/pWc/ppDJto1MwUTAdBgNVHQ4EFgQUDYEtHxzKzkLVH5Pua3JlituXRX4wHwYDVR0jBBgwFoAUDYEtHxzKzkLVH5Pua3JlituXRX4wDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNHADBEAiAHmvdPYCUZnufB07BsOlnImxmf9WRpVIOw2I1tg6llcgIgY4pM0xPwnETMRUjQcYo86jgfrezwx98S5hd5W0EDTUc=',
  ],
  [
    'ECDSA, SHA-384',
    'cd0c060d90a83c2e3b8944120932bf88e12bb8e5bd0be558049615b41769db9cdd3c966486f729a5e02dffe48a163c0d',
    'MIIBbjCCAROgAwIBAgIUP/PePaI0ZUavlLG+dAMIfXAxA6YwCgYIKoZIzj0EAwMwDDEKMAgGA1UEAwwBeDAeFw0yNjExMjMwNzE1MDFaFw0zNjExMjAwNzE1MDFaMAwxCjAIBgNVBAMMAXgwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAARXq+0nFOAnZa5ROzyPosQJ6Kker+dqWSWJkyiZOXxJB41hLe7bwRRpoYofSfQYnUES5qc3FSgE5hTts1Xr7mwzo1MwUTAdBgNVHQ4EFgQUEKvyyawzT3Dx6qcVlUB38TqTcuYwHwYDVR0jBBgwFoAUEKvyyawzT3Dx6qcVlUB38TqTcuYwDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAwNJADBGAiEAs3aAFCyu9+JMnZqkytUzGRwNhhKHByJkk273/2//KkACIQDaJ0+BvqWDD9BFNjGDz7EiBCAXfT/UlbDjfNiGxN6m6w==',
  ],
  [
    'ECDSA, SHA-512',
    '71e269fc91704e99a741d0c35c5fd0500c8bccf731a0dc8194a04877f92cce4ee226c9d52281f6f05463bd2be4a66b45395030e9fc29cf673161683aeb3d642f',
    'MIIBbTCCAROgAwIBAgIURPjJxnY/Vp/KKlel9HQaDx4+IHcwCgYIKoZIzj0EAwQwDDEKMAgGA1UEAwwBeDAeFw0yNjExMjMwNzE1MDFaFw0zNjExMjAwNzE1MDFaMAwxCjAIBgNVBAMMAXgwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAARBnV9tBpAi3hKax6rTFXZIl+M9ngIk0vrzsiY9/112xOuWcnT7evhMAJ8ODvOTUbxa51rLSTij2oQhvaQnfs34o1MwUTAdBgNVHQ4EFgQUIqi39JKYVDWshM+79idFlv7ckgowHwYDVR0jBBgwFoAUIqi39JKYVDWshM+79idFlv7ckgowDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDBANIADBFAiAVq1ZMWC75jKHXloktnxKXDp1WIg48np6vBjaZgIWUeQIhAJapQ8KF6fZgGyTu6DbIoGTr2HRMpqwYbHKq9b20lcBe',
  ],
  [
    'RSA, MD5',
    '0620032db886e1bcdf22dbb405a381c2e5e0d9a7d8df597a01d6fb1bffb357d6',
    'MIIB9DCCAV2gAwIBAgIUc3q/hzpgy9PVPvtYFf78qHfUjikwDQYJKoZIhvcNAQEEBQAwDDEKMAgGA1UEAwwBeDAeFw0yNjExMjMwNzE1MDJaFw0zNjExMjAwNzE1MDJaMAwxCjAIBgNVBAMMAXgwgZ8wDQYJKoZIhvcNAQEBBQADgY0AMIGJAoGBAL2kra/4qBwUcEmGhwJbyDkgdQCJBLpFetkqQDIaL9nFBeesWVpk9MrZAqNkn7O3KP7qeHsdd45ocG2+pP5GlrmHopoS6AdPAGBkZr7bjUvpB5Mamw1WHbi5sUobp8hhRB6BqYzITZVGmdDJsxe2Q+Ggg8jxMxgtCVheOGCMArdvAgMBAAGjUzBRMB0GA1UdDgQWBBTD4ncVDgO55nqjv7CsKrv2dMykRDAfBgNVHSMEGDAWgBTD4ncVDgO55nqjv7CsKrv2dMykRDAPBgNVHRMBAf8EBTADAQH/MA0GCSqGSIb3DQEBBAUAA4GBAIzdECZ9hNS4ImxrtGCoMKHjkzV+kzUZecmvusZ3EeJviKH+Csai+MClWcyXurfVxpVSbQgUTGyHcAV49JUMU6AuRIgb2rNYPcdBzf1rmufGP6ofKNs/OtYD/Dsw8t6vknt9mNBUwLCBs7CoiTIhsG4x4rPggXmVGluvfZfYORjz',
  ],
  [
    'RSA, SHA-1',
    '7ded32e694aafcdfa30d9fd702f82f0c4d69afdd9555603b586b59e9d0283501',
    'MIIB9DCCAV2gAwIBAgIUF+DKrz0Wi3wvtsIvB/RXIx53RPQwDQYJKoZIhvcNAQEFBQAwDDEKMAgGA1UEAwwBeDAeFw0yNjExMjMwNzE1MDJaFw0zNjExMjAwNzE1MDJaMAwxCjAIBgNVBAMMAXgwgZ8wDQYJKoZIhvcNAQEBBQADgY0AMIGJAoGBALoelWxzm2mWuo+xLUcQtnc+Y1NrGM39pBlDNmQEIuzo23l8ca1/nHMnfyxk5ViIiyeUvfiiEK5sZVUZ7ARNb0BNzyUNGEPc/w9pcEiDSA92NyFwydD+fA6XWtaxiKXPYJrkgC7vnQ/TnU0MHaG6xQ99hF/RvvSjYLJQGiYbYJWpAgMBAAGjUzBRMB0GA1UdDgQWBBQkpDPwD/qchwUr6ri7w9iYXmgs0TAfBgNVHSMEGDAWgBQkpDPwD/qchwUr6ri7w9iYXmgs0TAPBgNVHRMBAf8EBTADAQH/MA0GCSqGSIb3DQEBBQUAA4GBAB0y0KxUGrtffVxmsnZZZmq4xigLi02okc4EXIw3Www5Q30Q+X4L0G96ckB2vrPPf/olXi2TkLAs44dATtL2E3VcijDQFWHeRQJLZVAvhYf9rPmkvNCdJXItwAmJoN/9nSPUgbd10NAT1+SeXPNvSBLTAZpMkwF74ZmQh0/39DCe',
  ],
  [
    'RSASSA-PSS, SHA-384',
    'c0c2d1f15524de3decbdbbb0ba090345f7d4a858a5295fc6136cf7e221a49fc0646c3d4d48ab6e45351aa06652d21753',
    'MIICXDCCAZGgAwIBAgIUE3VoHjPrwShhiDgNeAW9/UT8G44wQQYJKoZIhvcNAQEKMDSgDzANBglghkgBZQMEAgIFAKEcMBoGCSqGSIb3DQEBCDANBglghkgBZQMEAgIFAKIDAgFOMAwxCjAIBgNVBAMMAXgwHhcNMjYxMTIzMDcxNTAyWhcNMzYxMTIwMDcxNTAyWjAMMQowCAYDVQQDDAF4MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDXvj/yTB0Ow+ewwE+PVMLJ8XmvAsg0C25ib8QS9Mey86an3VJYNoBnqMZkqhNwaMhgGqqYVtMCZMo9WX6Uj/AZ3ubiKhYjBcTKhs+JnH+/hV260ddUgAJrfbYA59l7HKvu0ESAQUiEnTBab4AiuvGO0XUdb92QwXAf3EZX1xjxkQIDAQABo1MwUTAdBgNVHQ4EFgQUDYF1QFVrL7LhFOG9/II8p0Hy+q4wHwYDVR0jBBgwFoAUDYF1QFVrL7LhFOG9/II8p0Hy+q4wDwYDVR0TAQH/BAUwAwEB/zBBBgkqhkiG9w0BAQowNKAPMA0GCWCGSAFlAwQCAgUAoRwwGgYJKoZIhvcNAQEIMA0GCWCGSAFlAwQCAgUAogMCAU4DgYEAInaxh3HRNIg7bI2MFJtTXcBLBI85HUQeIPaOEIj/Zw8ALX6ikYL9hP9Zb0lr6zQM428a/BZRGx5Nm6epq9bZuvtFuo7lkDl4IMsxjQqGXh/mAH4gfeDTZubCuU2F1f2vFtT6g3pX833ufUHbmvjczLmBKH/EYCxKyCXTGewPLMU=',
  ],
  [
    'RSASSA-PSS, SHA-1 by default',
    '2e5f49f379242f8a64f7a085efb6b85fa1cd38c631ba885bfd98c81f543f43bc',
    'MIIB/jCCAWKgAwIBAgIUep/bZcKtL1josP6mTEqwPBAh12YwEgYJKoZIhvcNAQEKMAWiAwIBajAMMQowCAYDVQQDDAF4MB4XDTI2MTEyMzA3MTUwMloXDTM2MTEyMDA3MTUwMlowDDEKMAgGA1UEAwwBeDCBnzANBgkqhkiG9w0BAQEFAAOBjQAwgYkCgYEA4Caj5GMnUGGRUYP+rH5pJwWExr5M1PHReXJ2s9p6zDWp2sKvNgGWtzgvueQd3uRC3B2W0LwAEXdYMJu9FWLQ2BdbP8hpfyDyr6I5gG0zb1Ueq1B9uRoJ0nyGIngL5ox2vczocCUCzxnXX+OgtPKrnPw4kEaVrVXsX9MjALAemIsCAwEAAaNTMFEwHQYDVR0OBBYEFOwMTcTNuntWfgnmx0QQ5mjZPIaPMB8GA1UdIwQYMBaAFOwMTcTNuntWfgnmx0QQ5mjZPIaPMA8GA1UdEwEB/wQFMAMBAf8wEgYJKoZIhvcNAQEKMAWiAwIBagOBgQDcAj0YcHl5vyJRQ7fsY3fZyMfYeq3klnvSixMuPnR0K0NiejVgW7Z2voYE7+Hs/qN3PCJjWuwItKyp1yzEXUCXggZAwPmOnXVH4iLQ0h54MNtIajJjJeKOvFJyAksLTPU0/IJT7QWEcAGDkbUW8nBcEfWzk29c+KPaS7tEo0WiCQ==',
  ],
];
const ED25519 =
  'MIIBLDCB36ADAgECAhR0I2WPxL3diaPVaZLX2xnECg5M2zAFBgMrZXAwDDEKMAgGA1UEAwwBeDAeFw0yNjExMjMwNzE1MDJaFw0zNjExMjAwNzE1MDJaMAwxCjAIBgNVBAMMAXgwKjAFBgMrZXADIQB9cLqowbiU+rBuwJTVfnU0xRcWXpHCscXklMfCAH6Sw6NTMFEwHQYDVR0OBBYEFGGC/dQ8NwvGkL2JaISOEnyo8a0XMB8GA1UdIwQYMBaAFGGC/dQ8NwvGkL2JaISOEnyo8a0XMA8GA1UdEwEB/wQFMAMBAf8wBQYDK2VwA0EAYgTTsA/O5VL+DYIe73RyqPx6AkdfRlbhGwxLQHiWeecaMEgG3WDsiuB/PSqmVwEpnVWXi1P53/BENWA8w3CPAg==';

describe('channel binding of a certificate', () => {
  it.each(GOLDEN)('%s', (_name, hash, certificate) => {
    const binding = Buffer.from(tlsServerEndPoint(Buffer.from(certificate, 'base64'))!);
    expect(binding.toString('latin1', 0, 21)).toBe('tls-server-end-point:');
    expect(binding.toString('hex', 21)).toBe(hash);
  });

  it('is not defined where the signature has no hash of its own', () => {
    expect(tlsServerEndPoint(Buffer.from(ED25519, 'base64'))).toBeUndefined();
  });

  it('differs for every certificate', () => {
    const all = GOLDEN.map(([, , certificate]) => tlsServerEndPoint(Buffer.from(certificate, 'base64'))!);
    expect(new Set(all.map((each) => createHash('sha256').update(each).digest('hex'))).size).toBe(GOLDEN.length);
  });

  it('of anything else is a clear error or none', () => {
    const certificate = Buffer.from(GOLDEN[0]![2], 'base64');
    const cut = fc.nat(certificate.length - 1).map((length) => certificate.subarray(0, length));
    fc.assert(
      fc.property(fc.oneof(cut, fc.uint8Array({ maxLength: 200 })), (bytes) => {
        try {
          const binding = tlsServerEndPoint(bytes);
          expect(binding === undefined || binding.length > 21).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(ProtocolError);
        }
      }),
    );
  });
});
