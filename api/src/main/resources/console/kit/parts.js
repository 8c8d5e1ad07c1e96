// Small parts that screens are made of. Each answers with a template.
import { html, svg, nothing } from './html.js';
import { m } from '../messages/en.js';
import * as f from './format.js';
import { may } from './api.js';

export const icon = (name, cls = 'i') => html`<svg class=${cls} aria-hidden="true"><use href="#${name}"></use></svg>`;
export const glyph = state => html`<svg class="g" data-state=${look(state)} aria-hidden="true"><use href="#${glyphOf(state)}"></use></svg>`;

const GLYPHS = { waiting: 's-waiting', awaiting_children: 's-waiting', pending: 's-waiting', active: 's-active', running: 's-active', processing: 's-active', scheduled: 's-scheduled', retrying: 's-retrying',
  completed: 's-completed', dead: 's-dead', failed: 's-dead', cancelled: 's-cancelled', expired: 's-cancelled', deleted: 's-cancelled', aborted: 's-cancelled', skipped: 's-skipped', paused: 's-paused', partial_success: 's-retrying', timeout: 's-dead' };
const STATES = { awaiting_children: 'waiting', pending: 'waiting', running: 'active', processing: 'active', failed: 'dead', timeout: 'dead', deleted: 'cancelled', aborted: 'cancelled', ended: 'cancelled', partial_success: 'retrying' };
const glyphOf = state => GLYPHS[state] ?? 's-cancelled';
/** The state whose colour this one has. */
export const look = state => STATES[state] ?? state;

/** A state as glyph and word. */
export const badge = (state, text = m.states[state] ?? state, plain = false) =>
  html`<span class="badge ${plain ? 'plain' : ''}" data-state=${look(state)}><svg class="g" aria-hidden="true"><use href="#${glyphOf(state)}"></use></svg>${text}</span>`;

export const severityBadge = (severity, text, plain = false) =>
  html`<span class="badge ${plain ? 'plain' : ''}" data-severity=${severity}><svg class="g" aria-hidden="true"><use href="#v-${severity}"></use></svg>${text}</span>`;

/** A time, relative, with the exact one on hover. */
export const ago = at => at ? html`<time datetime=${at} title=${f.exact(at)}>${f.ago(at)}</time>` : html`<span class="muted">–</span>`;
export const exactTime = (at, text) => at ? html`<time datetime=${at} title=${f.exact(at)}>${text ?? f.clock(at)}</time>` : html`<span class="muted">–</span>`;

/** A number that is dim where it is zero. */
export const zeroClass = n => n ? '' : 'zero';

/** A bar. Its width is an attribute: the page's policy forbids style attributes. */
export const meter = (share, { label, cls = 'f-soft', big = false } = {}) => html`<svg class="meter ${big ? 'big' : ''}" role="img" aria-label=${label ?? f.percent(share)}><rect x="0" width="${Math.min(100, Math.max(0, share * 100)).toFixed(1)}%" height="100%" class=${cls}></rect></svg>`;

/** A bar of several parts: [{share, cls}]. */
export const stackedMeter = (parts, label) => {
  let at = 0;
  return html`<svg class="meter big" role="img" aria-label=${label}>${parts.filter(part => part.share > 0).map(part => {
    const x = at;
    at += part.share;
    return svg`<rect x="${(x * 100).toFixed(2)}%" width="${(part.share * 100).toFixed(2)}%" height="100%" class=${part.cls}></rect>`;
  })}</svg>`;
};

/** A line without axes. */
export function spark(values, { width = 84, height = 20, line = 'k-soft', area } = {}) {
  const known = (values ?? []).map(v => v ?? 0);
  if (known.length < 2) return html`<svg class="spark" viewBox="0 0 ${width} ${height}" preserveAspectRatio="none" aria-hidden="true"><path class="base" d="M0 ${height - 0.5}H${width}"></path></svg>`;
  const top = Math.max(...known, 1e-9);
  const d = known.map((v, i) => `${i ? 'L' : 'M'}${(i / (known.length - 1) * width).toFixed(1)} ${(height - 1.5 - v / top * (height - 3)).toFixed(1)}`).join('');
  return html`<svg class="spark" viewBox="0 0 ${width} ${height}" preserveAspectRatio="none" aria-hidden="true"><path class="base" d="M0 ${height - 0.5}H${width}"></path>${area ? svg`<path class="area ${area}" d="${d}V${height}H0Z"></path>` : nothing}<path class="line ${line}" d=${d}></path></svg>`;
}

/** Copies what it is told and says so. */
export const copyButton = (text, label = m.actions.copy, { quiet = true, word = false, small = true } = {}) =>
  html`<button class="btn ${small ? 's' : ''} ${quiet ? 'quiet' : ''} ${word ? '' : 'icon'}" type="button" aria-label=${label} title=${label}
    @click=${event => copy(typeof text === 'function' ? text() : text, event.currentTarget)}>${icon('copy')}${word ? label : nothing}</button>`;

export async function copy(text, button) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = document.createElement('textarea');
    area.value = text;
    area.className = 'sr';
    document.body.append(area);
    area.select();
    document.execCommand('copy');
    area.remove();
  }
  if (button) {
    const use = button.querySelector('use');
    use?.setAttribute('href', '#check');
    setTimeout(() => use?.setAttribute('href', '#copy'), 1500);
  }
}

/** A button that says beside it which right is missing, instead of failing when pressed. */
export function action({ label, glyph: name, role = 'operator', on, primary = false, danger = false, small = false, iconOnly = false, disabled = false, title }) {
  const allowed = may(role);
  return html`<button class="btn ${small || iconOnly ? 's' : ''} ${iconOnly ? 'icon quiet' : ''} ${primary ? 'primary' : ''} ${danger ? 'danger' : ''}" type="button"
    ?disabled=${!allowed || disabled} aria-label=${iconOnly ? label : nothing} title=${allowed ? title ?? (iconOnly ? label : nothing) : m.needsRole(role)}
    @click=${on}>${name ? icon(name) : nothing}${iconOnly ? nothing : label}</button>`;
}

export const needs = role => may(role) ? nothing : html`<span class="muted small">${m.needsRole(role)}</span>`;

/** Segments: one of a few. */
export const segments = (label, options, chosen, on) => html`<div class="seg" role="group" aria-label=${label}>${options.map(([value, text]) =>
  html`<button type="button" aria-pressed=${String(value === chosen)} @click=${() => on(value)}>${text}</button>`)}</div>`;

export const empty = ({ glyph: name = 'check', title, text, act }) => html`<div class="empty">${icon(name, '')}<h2>${title}</h2>${text ? html`<p>${text}</p>` : nothing}${act ?? nothing}</div>`;

/** Says that something is not offered here, and goes on. */
export const unavailable = (title, text = m.notAvailable.text) => empty({ glyph: 'power', title, text });

/** What went wrong, where it went wrong. */
export function failure(error, retry) {
  const kind = error.missing ? m.notAvailable : m.errors.load(error);
  return html`<section class="card">${empty({
    glyph: error.missing ? 'power' : 'v-warning', title: kind.title,
    text: error.missing ? kind.text : html`${kind.text}${error.errorId ? html` <code>${error.errorId}</code>` : nothing}`,
    act: retry ? html`<button class="btn" type="button" @click=${retry}>${icon('retry')}${m.actions.tryAgain}</button>` : nothing,
  })}</section>`;
}

export const note = (severity, text) => html`<p class="note" data-severity=${severity}>${icon(severity === 'notice' ? 'v-notice' : `v-${severity}`)}<span>${text}</span></p>`;

/** Term and description pairs; those without a description are left out. */
export const facts = pairs => html`<dl class="facts body">${pairs.filter(pair => pair && pair[1] !== undefined && pair[1] !== null && pair[1] !== '' && pair[1] !== nothing).map(([term, text]) => html`<dt>${term}</dt><dd>${text}</dd>`)}</dl>`;

export const tile = ({ state, severity, label, value, text, href, bad }) => {
  const inner = html`<span class="k">${state ? html`<svg class="g" data-state=${look(state)} aria-hidden="true"><use href="#${glyphOf(state)}"></use></svg>` : nothing}${label}</span><span class="n">${value}</span><span class="d" data-severity=${bad ? severity ?? 'critical' : nothing}>${text ?? ' '}</span>`;
  return href ? html`<a class="tile" href=${href}>${inner}</a>` : html`<div class="tile">${inner}</div>`;
};

/** Head cell of a column of numbers of one state. */
export const stateHead = state => html`<th scope="col" class="num">${glyph(state)}${m.states[state]}</th>`;

export const srOnly = text => html`<span class="sr">${text}</span>`;

export const debounce = (run, ms = 250) => {
  let timer;
  return (...args) => { clearTimeout(timer); timer = setTimeout(() => run(...args), ms); };
};
