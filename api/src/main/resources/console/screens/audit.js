// Who did what, when, from where.
import { html, nothing, repeat, live } from '../kit/html.js';
import { m } from '../messages/en.js';
import * as f from '../kit/format.js';
import * as api from '../kit/api.js';
import { icon, exactTime, empty, unavailable, severityBadge } from '../kit/parts.js';
import { visibleText } from '../kit/tree.js';
import { diffLines } from '../kit/diff.js';

export const title = () => m.nav.audit;
export const every = 10000;

const FILTERS = ['actor', 'action', 'target', 'outcome', 'address', 'text', 'from', 'to'];
const OUTCOMES = ['done', 'denied', 'refused', 'failed'];
const LOOK = { done: 'ok', denied: 'warning', refused: 'warning', failed: 'critical' };

export async function load(ctx) {
  const filter = Object.fromEntries([...ctx.query].filter(([name]) => FILTERS.includes(name)));
  return { filter, answer: await api.optional(api.get(`/api/audit${api.query({ ...filter, limit: 50, cursor: ctx.query.get('cursor') })}`, { signal: ctx.signal })) };
}

function change(entry) {
  if (!entry.before && !entry.after) return nothing;
  const text = value => value === undefined ? '' : JSON.stringify(value, null, 2);
  return html`<pre class="diff" tabindex="0">${diffLines(text(entry.before), text(entry.after)).map(line => line.kind === 'del' ? html`<del>${visibleText(line.text)}</del>` : line.kind === 'ins' ? html`<ins>${visibleText(line.text)}</ins>` : html`<span>${visibleText(line.text)}</span>`)}</pre>`;
}

export function draw({ filter, answer }, ctx) {
  if (!answer) return html`<section class="card">${unavailable(m.audit.unavailable)}</section>`;
  const set = changes => ctx.setQuery({ ...changes, cursor: null });
  const submit = event => {
    event.preventDefault();
    const [, name, value] = /^([a-z]+):\s*(.+)$/.exec(ctx.state.typed ?? '') ?? [];
    if (name && FILTERS.includes(name)) set({ [name]: value });
    else if (ctx.state.typed?.trim()) set({ text: ctx.state.typed.trim() });
    ctx.state.typed = '';
  };
  return html`<form class="filter" role="search" @submit=${submit}>${icon('search')}${Object.entries(filter).map(([name, value]) => html`<span class="chip"><span>${name}</span><b>${visibleText(value)}</b><button type="button" aria-label=${m.jobs.removeFilter(name)} @click=${() => set({ [name]: null })}>${icon('close')}</button></span>`)}<input aria-label=${m.jobs.addFilter} placeholder=${m.audit.placeholder} spellcheck="false" autocomplete="off" .value=${live(ctx.state.typed ?? '')} @input=${event => { ctx.state.typed = event.target.value; }}></form>
    <section class="card" aria-label=${m.nav.audit}><header><h2>${m.audit.entries}</h2><span class="muted small">${m.since(`${f.day(answer.from)} ${f.zone(answer.from)}`)}</span><div class="row"><div class="seg" role="group" aria-label=${m.audit.outcome}>${['', ...OUTCOMES].map(outcome => html`<button type="button" aria-pressed=${String((filter.outcome ?? '') === outcome)} @click=${() => set({ outcome })}>${outcome ? m.audit.outcomes[outcome] : m.jobs.all}</button>`)}</div></div></header>
    ${answer.entries.length ? html`<table class="table flow two under-bar"><thead><tr><th scope="col">${m.audit.who}</th><th scope="col">${m.audit.what}</th><th scope="col">${m.audit.target}</th><th scope="col">${m.audit.outcome}</th><th scope="col">${m.audit.from}</th><th scope="col" class="num">${m.audit.when(f.zone())}</th></tr></thead><tbody>${repeat(answer.entries, entry => entry.id, entry => html`<tr data-severity=${entry.outcome === 'done' ? nothing : LOOK[entry.outcome]}><th scope="row"><a href="/console/audit${api.query({ actor: entry.actor })}">${visibleText(entry.actor)}</a><span class="sub">${m.audit.kinds[entry.actorKind] ?? entry.actorKind}${entry.role ? `, ${entry.role}` : ''}</span></th><td><code>${visibleText(entry.action)}</code>${entry.before || entry.after ? html`<button class="btn s icon quiet" type="button" aria-expanded=${String(ctx.state.open === entry.id)} aria-label=${m.audit.showChange} title=${m.audit.showChange} @click=${() => { ctx.state.open = ctx.state.open === entry.id ? null : entry.id; ctx.redraw(); }}>${icon('down')}</button>` : nothing}</td><td class="wide clip lead" data-l=${m.audit.target}>${visibleText(entry.target ?? '')}${ctx.state.open === entry.id ? change(entry) : nothing}</td><td>${severityBadge(LOOK[entry.outcome] ?? 'notice', m.audit.outcomes[entry.outcome] ?? entry.outcome, true)}</td><td class="mono small" title=${visibleText(entry.userAgent ?? '')}>${visibleText(entry.address)}</td><td class="num">${exactTime(entry.at, f.short(entry.at))}</td></tr>`)}</tbody></table>` : empty({ glyph: 'audit', title: m.audit.none })}
    ${answer.nextCursor ? html`<p class="body"><button class="btn s" type="button" @click=${() => ctx.setQuery({ cursor: answer.nextCursor })}>${m.jobs.older}</button></p>` : nothing}</section>`;
}
