// Charts as SVG: hairlines, zero base, direct labels, one crosshair for a group. Colours only through classes.
import { html, nothing } from './html.js';
import * as f from './format.js';

const SVG = 'http://www.w3.org/2000/svg';

function element(name, attributes, parent, text) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== undefined) made.textContent = text;
  parent?.append(made);
  return made;
}

/** A round value at or above the greatest, and the ticks below it. */
export function scale(greatest) {
  const power = 10 ** Math.floor(Math.log10(Math.max(greatest, 1e-9)));
  const top = [1, 2, 4, 5, 10].map(step => step * power).find(value => value >= greatest - 1e-12) ?? 10 * power;
  const least = greatest <= 0 ? 1 : top;
  return [0, least / 2, least];
}

const LOG_TICKS = [0.01, 0.1, 1, 10, 60, 600, 3600, 36000, 360000];

/**
 * A figure with a chart. `chart`:
 *   times    epoch ms of each point, ascending
 *   series   [{name, cls, area, data}]  or  bars: [{name, cls, data}] (stacked)
 *   log      logarithmic, for waits in seconds
 *   format   of a value; unit: what stands at the top of the axis
 *   bound    {value, text}, marks: [{kind: 'deploy'|'critical'|'warning'|'pause'|'notice', at, n, text}]
 */
export const chartFigure = ({ title, value, unit, severity, keys = [], finding, tall = false, chart }) => html`
  <figure class="card chart ${tall ? 'tall' : ''}">
    <figcaption><h3>${title}</h3><span class="n" data-severity=${severity ?? nothing}>${value} <span class="u">${unit}</span></span>
      <div class="key">${keys.map(key => html`<span><svg viewBox="0 0 14 8" aria-hidden="true"><path class=${key.cls} d=${key.bar ? 'M3 0h8v8H3z' : key.flag ? 'M3 8h8L7 1z' : 'M0 4h14'}></path></svg>${key.name}</span>`)}</div>
    </figcaption>
    <svg class="plot" role="img" aria-label=${finding} .chart=${chart}></svg>
  </figure>`;

function timeLabel(at, step) {
  return step >= 86400000 ? f.day(at).replace(/ \d{4}$/, '').replace(/^\w+ /, '') : step < 60000 ? f.clock(at) : f.clockMinute(at);
}

const STEPS = [1e3, 5e3, 1e4, 15e3, 3e4, 6e4, 12e4, 3e5, 6e5, 12e5, 18e5, 36e5, 72e5, 144e5, 216e5, 432e5, 864e5, 1728e5, 3456e5, 6048e5, 12096e5, 2592e6, 5184e6, 7776e6];

function draw(svg) {
  const c = svg.chart;
  const W = svg.clientWidth;
  const H = svg.clientHeight;
  if (!W || !c) return;
  const { times } = c;
  const all = c.bars ?? c.series;
  const format = c.format ?? f.decimal;
  const sums = c.bars ? times.map((_, i) => c.bars.reduce((sum, bar) => sum + (bar.data[i] ?? 0), 0)) : null;
  const greatest = Math.max(0, ...(sums ?? all.flatMap(series => series.data.filter(v => v !== null && v !== undefined))), c.bound && c.log ? c.bound.value : 0);
  const least = c.log ? Math.min(...all.flatMap(series => series.data.filter(v => v > 0)), c.bound?.value ?? Infinity) : 0;
  let ticks = scale(greatest);
  if (c.log) {
    const upper = LOG_TICKS.findIndex(tick => tick >= greatest);
    const lower = LOG_TICKS.findLastIndex(tick => tick <= least);
    ticks = LOG_TICKS.slice(Math.max(0, Number.isFinite(least) ? lower : 1), (upper < 0 ? LOG_TICKS.length : Math.max(upper, 2)) + 1);
    while (ticks.length > 5) ticks = ticks.filter((_, i) => i % 2 === 0 || i === ticks.length - 1);
  }
  const [L, R, T, B] = [40, 8, 22, 18];
  const n = times.length;
  const first = c.from ?? times[0] ?? Date.now() - 1;
  const last = c.to ?? times[n - 1] ?? Date.now();
  const step = n > 1 ? (times[n - 1] - times[0]) / (n - 1) : 60000;
  const x = at => L + (W - L - R) * (at - first) / Math.max(1, last - first);
  const low = ticks[0];
  const top = ticks.at(-1);
  const y = v => T + (H - T - B) * (1 - (c.log ? Math.log(Math.max(v, low) / low) / Math.log(top / low) : Math.min(v, top) / top));
  svg.replaceChildren();
  svg.setAttribute('viewBox', `0 0 ${W} ${H}`);
  for (const tick of ticks) {
    element('line', { x1: L, x2: W - R, y1: y(tick), y2: y(tick), class: tick === low ? 'base' : 'grid' }, svg);
    element('text', { x: L - 6, y: y(tick) + 4, 'text-anchor': 'end' }, svg, format(tick));
  }
  element('text', { x: 0, y: 10 }, svg, c.unit ?? '');
  const every = STEPS.find(candidate => (last - first) / candidate <= (W < 420 ? 3 : 6)) ?? STEPS.at(-1);
  const offset = new Date(last).getTimezoneOffset() * 60000;
  for (let at = Math.ceil((first - offset) / every) * every + offset; at <= last; at += every) {
    if (x(at) > L + 12 && x(at) < W - 46) element('text', { x: x(at), y: H - 4, 'text-anchor': 'middle' }, svg, timeLabel(at, every));
  }
  element('text', { x: W - R, y: H - 4, 'text-anchor': 'end', class: 'end' }, svg, c.end ?? '');
  if (c.bound && c.bound.value <= top) {
    element('line', { x1: L, x2: W - R, y1: y(c.bound.value), y2: y(c.bound.value), class: 'bound' }, svg);
    element('text', { x: L + 4, y: y(c.bound.value) - 4, class: 'bound-t' }, svg, c.bound.text);
  }
  if (c.bars) {
    const width = Math.min(18, Math.max(1.5, x(first + step) - L - 1.2));
    times.forEach((at, i) => {
      let sum = 0;
      for (const bar of c.bars) {
        const v = bar.data[i] ?? 0;
        if (v <= 0) continue;
        const y1 = y(sum);
        const gap = sum > 0 ? 1 : 0;
        sum += v;
        const left = Math.min(Math.max(x(at) - width / 2, L), W - R - width);
        element('rect', { x: left, y: y(sum), width, height: Math.max(0.8, y1 - y(sum) - gap), class: bar.cls }, svg);
      }
    });
  }
  for (const series of c.series ?? []) {
    let d = '';
    let pen = false;
    let start = null;
    let end = null;
    times.forEach((at, i) => {
      const v = series.data[i];
      if (v === null || v === undefined) { pen = false; return; }
      d += `${pen ? 'L' : 'M'}${x(at).toFixed(1)} ${y(v).toFixed(1)}`;
      pen = true;
      start ??= at;
      end = at;
    });
    if (!d) continue;
    if (series.area && !d.slice(1).includes('M')) element('path', { d: `${d}V${y(low)}H${x(start)}Z`, class: `area ${series.area}` }, svg);
    element('path', { d, class: `line ${series.cls}` }, svg);
    if (c.log && end !== null) element('text', { x: W - R - 2, y: y(series.data.findLast(v => v !== null && v !== undefined)) - 5, 'text-anchor': 'end', class: 'halo' }, svg, series.name);
  }
  for (const mark of c.marks ?? []) {
    // What began after the last measurement stands at the end.
    const at = Math.min(new Date(mark.at).getTime(), last);
    if (at < first) continue;
    const px = x(at);
    if (mark.n === undefined) {
      element('line', { x1: px, x2: px, y1: T, y2: H - B, class: 'mark' }, svg);
      const flag = element('path', { d: `M${px - 4} ${H - B + 5}h8l-4 -6z`, class: 'flag' }, svg);
      if (mark.text) element('title', {}, flag, mark.text);
      continue;
    }
    const group = element('g', { 'data-severity': mark.kind }, svg);
    element('line', { x1: px, x2: px, y1: T - 2, y2: H - B, class: 'since-line' }, group);
    element('circle', { cx: px, cy: 8, r: 7, class: 'pin' }, group);
    element('text', { x: px, y: 12, class: 'pin-n' }, group, mark.n);
  }
  if (n === 0) return;
  // The same instant in every chart of the group, with its values.
  const hit = element('rect', { x: L, y: 0, width: Math.max(1, W - L - R), height: H - B, 'fill-opacity': 0 }, svg);
  svg.cross = i => {
    svg.querySelectorAll('.hair').forEach(hair => hair.remove());
    if (i === null || i >= n) return;
    const hair = element('g', { class: 'hair' }, svg);
    element('line', { x1: x(times[i]), x2: x(times[i]), y1: T, y2: H - B, class: 'cross' }, hair);
    const text = all.map(series => `${series.name} ${series.data[i] === null || series.data[i] === undefined ? '–' : format(series.data[i])}`).join(' · ');
    const half = text.length * 2.9;
    element('text', { x: Math.min(Math.max(x(times[i]), L + half), W - half), y: T + 10, 'text-anchor': 'middle', class: 'halo' }, hair, text);
    element('text', { x: Math.min(Math.max(x(times[i]), L + 22), W - 26), y: H - 4, 'text-anchor': 'middle', class: 'halo' }, hair, timeLabel(times[i], step < 60000 ? 1000 : 60000));
  };
  const peers = () => [...(svg.closest('.charts') ?? svg.parentElement).querySelectorAll('svg.plot')];
  hit.onpointermove = event => {
    const at = first + (event.offsetX - L) / (W - L - R) * (last - first);
    let nearest = 0;
    times.forEach((time, i) => { if (Math.abs(time - at) < Math.abs(times[nearest] - at)) nearest = i; });
    peers().forEach(peer => peer.cross?.(nearest));
  };
  hit.onpointerleave = () => peers().forEach(peer => peer.cross?.(null));
}

const sizes = new ResizeObserver(entries => entries.forEach(entry => draw(entry.target)));
const watched = new Set();

/** Draws what has changed since the last call; called after every render. */
export function drawCharts(root) {
  for (const svg of watched) {
    if (!svg.isConnected) { sizes.unobserve(svg); watched.delete(svg); }
  }
  for (const svg of root.querySelectorAll('svg.plot')) {
    if (!svg.chart) continue;
    if (!watched.has(svg)) { watched.add(svg); sizes.observe(svg); }
    if (svg.drawn !== svg.chart) { svg.drawn = svg.chart; draw(svg); }
  }
}
