// Batches, the latest first.
import { html, nothing, repeat } from '../kit/html.js';
import { m } from '../messages/en.js';
import * as f from '../kit/format.js';
import * as api from '../kit/api.js';
import { badge, ago, stackedMeter, empty } from '../kit/parts.js';
import { visibleText } from '../kit/tree.js';

export const title = () => m.nav.batches;
export const every = 3000;

const STATUSES = ['', 'running', 'pending', 'completed', 'partial_success', 'failed', 'cancelled'];
const PAGE = 50;
const LEAST_SEEN = 0.006;

export async function load(ctx) {
  const status = ctx.query.get('status') ?? '';
  const before = ctx.query.get('before');
  return { ...await api.get(`/api/batches${api.query({ status, before, limit: PAGE })}`, { signal: ctx.signal }), status, before };
}

export const href = batch => api.path`/console/batches/${batch.id}`;

/** Waiting is what nobody has taken; what was handed out and has not ended runs. */
export function parts(batch) {
  const ended = batch.completed + batch.failed + batch.skipped;
  const running = Math.max(0, Math.min(batch.begun, batch.total) - ended);
  return { completed: batch.completed, skipped: batch.skipped, failed: batch.failed, running: batch.finishedAt ? 0 : running, waiting: Math.max(0, batch.total - ended - (batch.finishedAt ? 0 : running)), ended };
}

export function bar(batch) {
  const n = parts(batch);
  const share = value => batch.total ? value / batch.total : 0;
  // What failed is seen, however little of all it is.
  const loud = value => value ? Math.max(LEAST_SEEN, share(value)) : 0;
  return stackedMeter([{ share: share(n.completed), cls: 'f-completed' }, { share: share(n.skipped), cls: 'f-cancelled' }, { share: loud(n.failed), cls: 'f-dead' }, { share: share(n.running), cls: 'f-active' }], m.batches.bar(f.count(n.completed), f.count(n.skipped), f.count(n.failed), f.count(n.running), f.count(n.waiting)));
}

export const stateOf = batch => batch.paused ? 'paused' : batch.status;

export function draw(data, ctx) {
  return html`<nav class="tabs" aria-label=${m.labels.state}>${STATUSES.map(status => html`<a href="/console/batches${api.query({ status })}" aria-current=${status === data.status ? 'page' : nothing}>${status ? badge(status, m.batches.states[status], true) : m.jobs.all}</a>`)}</nav>
    <section class="card" aria-label=${m.nav.batches}>${data.batches.length ? html`<table class="table flow two under-bar"><thead><tr><th scope="col">${m.batches.batch}</th><th scope="col">${m.labels.state}</th><th scope="col">${m.batches.progress}</th><th scope="col" class="num">${m.batches.items}</th><th scope="col" class="num">${m.batches.failed}</th><th scope="col" class="num">${m.batches.ends}</th><th scope="col" class="num">${m.batches.created}</th></tr></thead><tbody>
      ${repeat(data.batches, batch => batch.id, batch => html`<tr data-severity=${batch.status === 'failed' ? 'critical' : nothing}><th scope="row"><a href=${href(batch)}>${visibleText(batch.name ?? batch.type)}</a><span class="sub"><code>${batch.name ? visibleText(batch.type) : batch.id.slice(0, 8)}</code>${batch.tenant ? ` · ${visibleText(batch.tenant)}` : nothing}</span></th>
        <td>${badge(stateOf(batch), m.batches.states[stateOf(batch)], true)}</td><td class="wide">${bar(batch)}</td><td class="num" data-l=${m.batches.items}>${f.count(batch.total)}</td><td class="num ${batch.failed ? '' : 'zero'}" data-l=${m.batches.failed}>${f.count(batch.failed)}</td><td class="num" data-l=${m.batches.ends}>${batch.finishedAt ? ago(batch.finishedAt) : batch.estimatedEnd ? ago(batch.estimatedEnd) : '–'}</td><td class="num" data-l=${m.batches.created}>${ago(batch.createdAt)}</td></tr>`)}</tbody></table>`
      : empty({ glyph: 'batches', title: data.status ? m.batches.noneSo : m.batches.none, text: m.batches.how })}</section>
    ${data.next || data.before ? html`<p class="row"><a class="btn s" href="/console/batches${api.query({ status: data.status })}">${m.jobs.newer}</a>${data.next ? html`<a class="btn s" href="/console/batches${api.query({ status: data.status, before: data.next })}">${m.jobs.older}</a>` : nothing}</p>` : nothing}`;
}
