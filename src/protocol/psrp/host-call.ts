/**
 * What a script asks of the host of our side (MS-PSRP 2.2.3.17, 2.2.6): Write-Host and the prompts, as plain data.
 * Must not know who answers.
 */
import { decodeClixml, numberOf, PsObject, type PsValue, propertyOf, textOf } from '../clixml/index.ts';

export interface HostCall {
  readonly kind: 'hostCall';
  readonly callId: number;
  /** RemoteHostMethodId */
  readonly methodId: number;
  readonly method: PsValue;
  readonly parameters: PsValue;
  /** True when the host waits for an answer. */
  readonly wantsAnswer: boolean;
}

export interface PromptField {
  readonly name: string;
  readonly label: string;
  /** Full name of the type that is wanted. */
  readonly typeName: string;
}

/** A host call that this product knows. */
export type HostRequest =
  | { readonly kind: 'write'; readonly text: string; readonly isLine: boolean }
  | { readonly kind: 'readLine' | 'readSecureLine' }
  | {
      readonly kind: 'prompt';
      readonly caption: string;
      readonly message: string;
      readonly fields: readonly PromptField[];
    }
  | { readonly kind: 'credential'; readonly caption: string; readonly message: string; readonly user: string }
  | {
      readonly kind: 'choice' | 'choices';
      readonly caption: string;
      readonly message: string;
      readonly labels: readonly string[];
      readonly presets: readonly number[];
    };

/** Host methods without a return value: nothing waits for them. */
const VOID_METHODS: ReadonlySet<number> = new Set([
  6, 7, 8, 9, 10, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 28, 30, 32, 34, 36, 38, 40, 42, 47, 48, 49, 51, 52, 53,
]);

export function readHostCall(data: string): HostCall {
  const body = decodeClixml(data);
  const method = propertyOf(body, 'mi') ?? null;
  const methodId = numberOf(method) ?? 0;
  return {
    kind: 'hostCall',
    callId: numberOf(propertyOf(body, 'ci')) ?? 0,
    methodId,
    method,
    parameters: propertyOf(body, 'mp') ?? null,
    wantsAnswer: !VOID_METHODS.has(methodId),
  };
}

/** undefined for calls that have no meaning without a console (colours, cursor, keys …). */
export function readHostRequest(call: HostCall): HostRequest | undefined {
  const items = itemsOf(call.parameters);
  const text = (index: number): string => textOf(items[index]) ?? '';
  switch (call.methodId) {
    case 11:
      return { kind: 'readLine' };
    case 12:
      return { kind: 'readSecureLine' };
    case 13:
      return { kind: 'write', text: text(0), isLine: false };
    case 14:
      return { kind: 'write', text: text(2), isLine: false };
    case 15:
      return { kind: 'write', text: '', isLine: true };
    case 16:
      return { kind: 'write', text: text(0), isLine: true };
    case 17:
      return { kind: 'write', text: text(2), isLine: true };
    case 18:
      return { kind: 'write', text: text(0), isLine: true };
    case 23: {
      const fields = itemsOf(items[2]).map((field) => ({
        name: textOf(propertyOf(field, 'name')) ?? '',
        label: textOf(propertyOf(field, 'label')) ?? '',
        typeName: textOf(propertyOf(field, 'parameterTypeFullName')) ?? 'System.String',
      }));
      return { kind: 'prompt', caption: text(0), message: text(1), fields };
    }
    case 24:
    case 25:
      return { kind: 'credential', caption: text(0), message: text(1), user: text(2) };
    case 26:
      return choice('choice', items, [numberOf(items[3]) ?? -1]);
    case 56:
      return choice(
        'choices',
        items,
        itemsOf(items[3]).map((each) => numberOf(each) ?? -1),
      );
    default:
      return undefined;
  }
}

function choice(kind: 'choice' | 'choices', items: readonly PsValue[], presets: readonly number[]): HostRequest {
  return {
    kind,
    caption: textOf(items[0]) ?? '',
    message: textOf(items[1]) ?? '',
    labels: itemsOf(items[2]).map((each) => textOf(propertyOf(each, 'label')) ?? ''),
    presets: presets.filter((each) => each >= 0),
  };
}

/** Collections are lists; arrays come as their elements (`mae`) and lengths (`mal`). */
function itemsOf(value: PsValue | undefined): readonly PsValue[] {
  if (!(value instanceof PsObject)) return [];
  return value.items ?? itemsOf(value.extended?.get('mae'));
}
