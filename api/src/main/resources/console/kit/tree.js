// A payload as a tree: exact digits, control and invisible characters as escapes, text nodes only.
import { html, nothing } from './html.js';
import { icon } from './parts.js';
import { m } from '../messages/en.js';

/** What would be invisible, move the text around it, or end the line. */
// eslint-disable-next-line no-control-regex
const HIDDEN = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffc]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]|[\udb40][\udc00-\udc7f]/g;
const SHORT = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\b': '\\b', '\f': '\\f' };
const MOST_SHOWN = 200;
const LONGEST_TEXT = 2000;

const escaped = char => SHORT[char] ?? [...Array(char.length).keys()].map(i => `\\u${char.charCodeAt(i).toString(16).toUpperCase().padStart(4, '0')}`).join('');
const named = char => `U+${char.codePointAt(0).toString(16).toUpperCase().padStart(4, '0')}`;

/** A text with what cannot be seen written as escapes. */
export function visible(text) {
  const parts = [];
  let at = 0;
  for (const match of text.matchAll(HIDDEN)) {
    if (match.index > at) parts.push(text.slice(at, match.index));
    parts.push(html`<span class="esc" title=${named(match[0])}>${escaped(match[0])}</span>`);
    at = match.index + match[0].length;
  }
  if (at < text.length) parts.push(text.slice(at));
  return parts;
}

/** The same as plain text, for titles and one-line places. */
export const visibleText = text => String(text ?? '').replace(HIDDEN, escaped);

const key = name => name === undefined ? nothing : html`<span class="key">${visible(name)}</span>`;

function hint(value) {
  const first = (value.kind === 'object' ? value.entries.map(entry => entry[1]) : value.items).find(inner => inner.kind === 'string' || inner.kind === 'number');
  return first === undefined ? '' : ` ${first.kind === 'string' ? visibleText(first.text).slice(0, 40) : first.source}`;
}

function node(name, value, depth, whole) {
  switch (value.kind) {
    case 'string':
      if (value.text === '***' || (depth <= 1 && name === undefined && value.text === 'encrypted')) {
        return html`<li>${key(name)}<span class="secret">${icon('lock', '')}${value.text === '***' ? m.job.secret : m.job.encrypted}</span></li>`;
      }
      return html`<li>${key(name)}<span class="str">"${visible(value.text.slice(0, LONGEST_TEXT))}${value.text.length > LONGEST_TEXT ? html`<span class="len">${m.job.moreCharacters(value.text.length - LONGEST_TEXT)}</span>` : nothing}"</span></li>`;
    case 'number':
      return html`<li>${key(name)}<span class="num">${value.source}</span></li>`;
    case 'literal':
      return html`<li>${key(name)}<span class="lit">${value.source}</span></li>`;
    default: {
      const entries = value.kind === 'object' ? value.entries : value.items.map((inner, i) => [String(i), inner]);
      const size = value.kind === 'object' ? m.job.fields(entries.length) : m.job.items(entries.length);
      if (entries.length === 0) return html`<li>${key(name)}<span class="len">${value.kind === 'object' ? '{}' : '[]'}</span></li>`;
      const inner = () => html`<ul>${entries.slice(0, MOST_SHOWN).map(entry => node(entry[0], entry[1], depth + 1, whole))}${entries.length > MOST_SHOWN ? html`<li class="len">${m.job.moreItems(entries.length - MOST_SHOWN)}</li>` : nothing}</ul>`;
      const open = depth < 1 || (depth < 3 && entries.length <= 8 && whole <= 60);
      return html`<li><details ?open=${open}><summary>${key(name)}<span class="len">${size}${open ? nothing : hint(value)}</span></summary>${inner()}</details></li>`;
    }
  }
}

/** Whether something in it is masked: what is shown is then not what is stored. */
export function isMasked(value, top = true) {
  switch (value.kind) {
    case 'object': return value.entries.some(entry => isMasked(entry[1], false));
    case 'array': return value.items.some(item => isMasked(item, false));
    case 'string': return value.text === '***' || (top && value.text === 'encrypted');
    default: return false;
  }
}

const sizeOf = value => 1 + (value.kind === 'object' ? value.entries.reduce((sum, entry) => sum + sizeOf(entry[1]), 0) : value.kind === 'array' ? value.items.reduce((sum, inner) => sum + sizeOf(inner), 0) : 0);

/** The tree of an exact value (see json.js). */
export function tree(value, label) {
  const whole = sizeOf(value);
  const top = value.kind === 'object' && value.entries.length > 0 ? value.entries.slice(0, MOST_SHOWN).map(([name, inner]) => node(name, inner, 1, whole)) : [node(undefined, value, 0, whole)];
  return html`<ul class="tree" aria-label=${label}>${top}${value.kind === 'object' && value.entries.length > MOST_SHOWN ? html`<li class="len">${m.job.moreItems(value.entries.length - MOST_SHOWN)}</li>` : nothing}</ul>`;
}
