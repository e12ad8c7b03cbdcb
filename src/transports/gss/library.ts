/**
 * Loads koffi and a library of the system, when somebody first asks for Kerberos. Must not know what the functions do.
 */
import { FirebreakError } from '../../domain/index.ts';

type Koffi = typeof import('koffi');
export type NativeValue = Uint8Array | bigint | number | string | null;

/** A function of the library. Memory that it gets must stay alive until it has returned. */
export interface NativeFunction {
  (...values: NativeValue[]): number;
  /** On a thread of its own, for calls that wait for the network. */
  later(...values: NativeValue[]): Promise<number>;
}

export interface Library {
  readonly addressOf: (bytes: Uint8Array) => bigint;
  /** A copy of memory that the library owns. */
  readonly read: (address: bigint, length: number) => Buffer;
  /** A text that ends with a NUL. */
  readonly readText: (address: bigint) => string;
  /** `p` pointer, `u` and `i` 32-bit numbers, `s` a text in UTF-8, `w` one in UTF-16; the result is a 32-bit number, unsigned unless `isSigned`. */
  readonly func: (name: string, parameters: string, isSigned?: boolean) => NativeFunction;
}

/** Bytes: name resolution alone may want more than koffi's usual 128 KiB. */
const STACK_BYTES = 2 * 1024 * 1024;
const PARAMETER_TYPES: Readonly<Record<string, string>> = {
  p: 'void *',
  u: 'uint32_t',
  i: 'int32_t',
  s: 'const char *',
  w: 'const char16_t *',
};

let loading: Promise<Koffi> | undefined;

/**
 * The first of `names` that the system has.
 * @throws FirebreakError FB_ENVIRONMENT
 */
export async function loadLibrary(names: readonly string[], remedy: string): Promise<Library> {
  const koffi = await loadKoffi();
  for (const name of names) {
    const handle = attempt(() => koffi.load(name));
    if (handle !== undefined) return bind(koffi, handle);
  }
  throw new FirebreakError('FB_ENVIRONMENT', `Kerberos needs ${names[0]}, which this machine does not have`, {
    remedy,
  });
}

async function loadKoffi(): Promise<Koffi> {
  loading ??= import('koffi');
  try {
    const koffi = await loading;
    // fails when somebody else in this process has used koffi before: then it stays as it is
    attempt(() => koffi.config({ async_stack_size: STACK_BYTES }));
    return koffi;
  } catch (cause) {
    loading = undefined;
    throw new FirebreakError('FB_ENVIRONMENT', 'Kerberos needs the npm package koffi, which is not installed', {
      remedy: 'install it where firebreak is installed: npm install koffi; or use auth: ntlm with a password',
      cause,
    });
  }
}

function bind(koffi: Koffi, handle: ReturnType<Koffi['load']>): Library {
  return {
    addressOf: (bytes) => koffi.address(bytes),
    read: (address, length) =>
      length === 0 ? Buffer.alloc(0) : Buffer.from(new Uint8Array(koffi.view(address, length))),
    readText: (address) => koffi.decode.string(address),
    func(name, parameters, isSigned = false) {
      const types = [...parameters].map((letter) => PARAMETER_TYPES[letter]!);
      const native = handle.func(name, isSigned ? 'int32_t' : 'uint32_t', types);
      const call = (...values: NativeValue[]): number => native(...values) as number;
      call.later = (...values: NativeValue[]): Promise<number> =>
        new Promise((resolve, reject) => {
          native.async(...values, (error: unknown, result: number) => {
            // the values are named here so that they live as long as the call
            if (error === null || error === undefined) resolve(values.length < 0 ? 0 : result);
            else reject(error as Error);
          });
        });
      return call;
    },
  };
}

function attempt<Result>(work: () => Result): Result | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
