// Reads JSON without losing anything: numbers keep the digits of their source, keys their order, and doubles of a key stay.
// Values: {kind: 'object', entries: [[key, value]…]} | {kind: 'array', items} | {kind: 'string', text} | {kind: 'number' | 'literal', source}

export function parseExact(source) {
  let at = 0;
  const fail = what => { throw new SyntaxError(`${what} at ${at}`); };
  const space = () => { while (at < source.length && ' \t\n\r'.includes(source[at])) at += 1; };
  const expect = char => { if (source[at] !== char) fail(`expected ${char}`); at += 1; };

  function string() {
    const start = at;
    expect('"');
    while (source[at] !== '"') {
      if (at >= source.length) fail('text does not end');
      at += source[at] === '\\' ? 2 : 1;
    }
    at += 1;
    return JSON.parse(source.slice(start, at));
  }

  function value(depth) {
    if (depth > 500) fail('nested too deeply');
    space();
    const char = source[at];
    if (char === '"') return { kind: 'string', text: string() };
    if (char === '{') {
      at += 1;
      const entries = [];
      space();
      if (source[at] !== '}') {
        do {
          space();
          const key = string();
          space();
          expect(':');
          entries.push([key, value(depth + 1)]);
          space();
        } while (source[at] === ',' && (at += 1));
      }
      expect('}');
      return { kind: 'object', entries };
    }
    if (char === '[') {
      at += 1;
      const items = [];
      space();
      if (source[at] !== ']') {
        do {
          items.push(value(depth + 1));
          space();
        } while (source[at] === ',' && (at += 1));
      }
      expect(']');
      return { kind: 'array', items };
    }
    const word = /^(?:-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)/.exec(source.slice(at, at + 2000));
    if (!word) fail('no value');
    at += word[0].length;
    return { kind: /[\d]/.test(word[0]) ? 'number' : 'literal', source: word[0] };
  }

  const parsed = value(0);
  space();
  if (at < source.length) fail('more than one value');
  return parsed;
}

/** Plain values for all but those under the given keys, which stay exact. For answers that hold a payload. */
export function plain(value, exactKeys = []) {
  switch (value.kind) {
    case 'object':
      return Object.fromEntries(value.entries.map(([key, inner]) => [key, exactKeys.includes(key) ? inner : plain(inner, exactKeys)]));
    case 'array':
      return value.items.map(inner => plain(inner, exactKeys));
    case 'string':
      return value.text;
    default:
      return JSON.parse(value.source);
  }
}

/** Writes an exact value again, digits and all, with two spaces a level. */
export function write(value, indent = '') {
  const deeper = `${indent}  `;
  switch (value.kind) {
    case 'object':
      return value.entries.length === 0 ? '{}'
        : `{\n${value.entries.map(([key, inner]) => `${deeper}${JSON.stringify(key)}: ${write(inner, deeper)}`).join(',\n')}\n${indent}}`;
    case 'array':
      return value.items.length === 0 ? '[]'
        : `[\n${value.items.map(inner => deeper + write(inner, deeper)).join(',\n')}\n${indent}]`;
    case 'string':
      return JSON.stringify(value.text);
    default:
      return value.source;
  }
}

/** The same in one line, for a command. */
export function writeCompact(value) {
  switch (value.kind) {
    case 'object':
      return `{${value.entries.map(([key, inner]) => `${JSON.stringify(key)}:${writeCompact(inner)}`).join(',')}}`;
    case 'array':
      return `[${value.items.map(writeCompact).join(',')}]`;
    case 'string':
      return JSON.stringify(value.text);
    default:
      return value.source;
  }
}
