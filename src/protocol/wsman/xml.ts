/**
 * A small element tree for SOAP envelopes, bounded in depth, elements and size; no DTD, no entities but XML's five.
 * Must not know WS-Man.
 */
import { SaxesParser, type SaxesTagNS } from 'saxes';
import { ProtocolError } from '../errors.ts';
import { liftLongText } from '../xml-lift.ts';

export interface XmlElement {
  readonly uri: string;
  readonly local: string;
  readonly attributes: readonly { readonly uri: string; readonly local: string; readonly value: string }[];
  readonly children: readonly XmlElement[];
  /** All character data directly inside the element. */
  readonly text: string;
}

interface OpenElement extends XmlElement {
  readonly children: XmlElement[];
  text: string;
}

const MAX_DEPTH = 64;
const MAX_ELEMENTS = 50_000;
/** Characters; four times the largest MaxEnvelopeSize that a WinRM service is ever given. */
const MAX_CHARACTERS = 8 * 1024 * 1024;

/** @throws ProtocolError FB_PROTOCOL_SOAP: not well-formed, too large, too deep, or with a DTD */
export function parseXml(xml: string): XmlElement {
  if (xml.length > MAX_CHARACTERS) throw soapError('the envelope is too large');
  const lifted = liftLongText(xml);
  const root: OpenElement = { uri: '', local: '', attributes: [], children: [], text: '' };
  const open: OpenElement[] = [root];
  let elements = 0;
  const parser = new SaxesParser({ xmlns: true, position: false });
  parser.on('error', (error) => {
    throw soapError(`the envelope is not well-formed XML: ${error.message.slice(0, 120)}`, error);
  });
  parser.on('doctype', () => {
    throw soapError('the envelope has a document type declaration');
  });
  parser.on('opentag', (tag) => {
    if (open.length > MAX_DEPTH) throw soapError('the envelope is nested too deeply');
    elements += 1;
    if (elements > MAX_ELEMENTS) throw soapError('the envelope has too many elements');
    const element = toElement(tag);
    open.at(-1)?.children.push(element);
    open.push(element);
  });
  const addText = (text: string): void => {
    const element = open.at(-1);
    if (element !== undefined) element.text += text;
  };
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.on('closetag', () => {
    const element = open.pop();
    if (element !== undefined) element.text = lifted.restore(element.text);
  });
  parser.write(lifted.xml).close();
  const document = root.children[0];
  if (document === undefined) throw soapError('the envelope is empty');
  return document;
}

/** The first child of that name. */
export function child(element: XmlElement | undefined, uri: string, local: string): XmlElement | undefined {
  return element?.children.find((candidate) => candidate.local === local && candidate.uri === uri);
}

export function childrenOf(element: XmlElement | undefined, uri: string, local: string): readonly XmlElement[] {
  return element?.children.filter((candidate) => candidate.local === local && candidate.uri === uri) ?? [];
}

/** Trimmed text of the first child of that name. */
export function childText(element: XmlElement | undefined, uri: string, local: string): string | undefined {
  return child(element, uri, local)?.text.trim();
}

/** The value of an attribute by local name, whatever its namespace. */
export function attribute(element: XmlElement | undefined, local: string): string | undefined {
  return element?.attributes.find((candidate) => candidate.local === local)?.value;
}

export function soapError(message: string, cause?: unknown): ProtocolError {
  return new ProtocolError('FB_PROTOCOL_SOAP', message, cause);
}

function toElement(tag: SaxesTagNS): OpenElement {
  const attributes = Object.values(tag.attributes).map(({ uri, local, value }) => ({ uri, local, value }));
  return { uri: tag.uri, local: tag.local, attributes, children: [], text: '' };
}
