// What is different between two texts, line by line (longest common subsequence). Pure.

const MOST = 2000;

/** [{kind: 'same' | 'del' | 'ins', text}] */
export function diffLines(before, after) {
  const a = before.split('\n').slice(0, MOST);
  const b = after.split('\n').slice(0, MOST);
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head += 1;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail += 1;
  const x = a.slice(head, a.length - tail);
  const y = b.slice(head, b.length - tail);
  const lengths = Array.from({ length: x.length + 1 }, () => new Uint16Array(y.length + 1));
  for (let i = x.length - 1; i >= 0; i -= 1) {
    for (let j = y.length - 1; j >= 0; j -= 1) {
      lengths[i][j] = x[i] === y[j] ? lengths[i + 1][j + 1] + 1 : Math.max(lengths[i + 1][j], lengths[i][j + 1]);
    }
  }
  const middle = [];
  let i = 0;
  let j = 0;
  while (i < x.length || j < y.length) {
    if (i < x.length && j < y.length && x[i] === y[j]) { middle.push({ kind: 'same', text: x[i] }); i += 1; j += 1; }
    else if (i < x.length && (j >= y.length || lengths[i + 1][j] >= lengths[i][j + 1])) { middle.push({ kind: 'del', text: x[i] }); i += 1; }
    else { middle.push({ kind: 'ins', text: y[j] }); j += 1; }
  }
  return [...a.slice(0, head).map(text => ({ kind: 'same', text })), ...middle, ...a.slice(a.length - tail).map(text => ({ kind: 'same', text }))];
}
