/**
 * Environment variables for C libraries in this process: jest gives tests a copy of process.env, which they do not see.
 */
import koffi from 'koffi';

let isConfigured = false;

/** Sets the variables; the result sets them back. */
export function setNativeEnvironment(values: { readonly [name: string]: string }): () => void {
  if (!isConfigured) {
    isConfigured = true;
    // as the product does when it is the first to use koffi
    try {
      koffi.config({ async_stack_size: 2 * 1024 * 1024 });
    } catch {
      // another test file in this process was first
    }
  }
  const libc = koffi.load('libc.so.6');
  const getenv = libc.func('const char *getenv(const char *name)') as (name: string) => string | null;
  const setenv = libc.func('int setenv(const char *name, const char *value, int overwrite)');
  const unsetenv = libc.func('int unsetenv(const char *name)');
  const before = Object.keys(values).map((name) => [name, getenv(name)] as const);
  for (const [name, value] of Object.entries(values)) setenv(name, value, 1);
  return () => {
    for (const [name, value] of before) {
      if (value === null) unsetenv(name);
      else setenv(name, value, 1);
    }
  };
}
