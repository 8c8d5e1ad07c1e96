// One batch: live progress, its items as a grid of chunks, errors by kind, how the size of chunks changed.
import { html, nothing } from '../kit/html.js';
import { m } from '../messages/en.js';
import * as f from '../kit/format.js';
import * as api from '../kit/api.js';
import { glyph, badge, ago, exactTime, facts, copyButton, action, empty } from '../kit/parts.js';
import { chartFigure } from '../kit/chart.js';
import { visibleText } from '../kit/tree.js';
import { ask, perform, toast } from '../kit/dialog.js';
import { bar, parts, stateOf } from './batches.js';

export const title = data => data?.batch ? visibleText(data.batch.name ?? data.batch.type) : m.batches.batch;
export const crumb = () => ({ href: '/console/batches', text: m.nav.batches });
export const every = 1500;

/** Cells of the grid: the latest chunks, so that none is smaller than a finger. */
const MOST_CELLS = 400;
/** Of these, at most so many for chunks that wait. */
const WAITING_CELLS = 100;
const CHUNKS_A_PAGE = 1000;
/** A batch of very many chunks is caught up with over some reloads. */
const PAGES_A_LOAD = 5;
const SAMPLES = 240;

export async function load(ctx) {
  const { id } = ctx.params;
  const status = ctx.query.get('items') ?? 'failed';
  const options = { signal: ctx.signal };
  const [batch, begun, items, types, children] = await Promise.all([
    api.get(api.path`/api/batches/${id}`, options),
    api.optional(latestChunks(id, ctx, options)),
    api.optional(api.get(api.path`/api/batches/${id}/items` + api.query({ status, limit: 50, after: ctx.query.get('after') }), options)),
    ctx.state.types ?? api.optional(api.get('/api/batches/types', options)),
    api.optional(api.get(`/api/batches${api.query({ parent: id, limit: 20 })}`, options)),
  ]);
  ctx.state.types = types;
  observe(batch, ctx);
  return { batch, begun, items, status, children: batch.children ? children?.batches ?? [] : [] };
}

/** The latest chunks of those that were begun. Only what may have changed is read again: those from the first that runs. */
async function latestChunks(id, ctx, options) {
  let kept = ctx.state.chunks ?? [];
  let answer;
  for (let page = 0; page < PAGES_A_LOAD; page += 1) {
    const after = page ? kept.at(-1).chunk : (kept.find(chunk => chunk.state === 'running')?.chunk ?? (kept.at(-1)?.chunk ?? -1) + 1) - 1;
    answer = await api.get(api.path`/api/batches/${id}/chunks` + api.query({ limit: CHUNKS_A_PAGE, after: after < 0 ? null : after }), options);
    kept = [...kept.filter(chunk => chunk.chunk <= after), ...answer.chunks].slice(-MOST_CELLS);
    if (answer.next === undefined) break;
  }
  ctx.state.chunks = kept;
  return { chunks: kept, waitingChunks: answer.waitingChunks };
}

/** The pace is what this page has seen: the API tells counts, not their past. Bounded. */
function observe(batch, ctx) {
  const seen = ctx.state.seen ??= [];
  const at = new Date(batch.updatedAt).getTime();
  const last = seen.at(-1);
  const point = { at: Math.max(at, last?.at ?? 0), done: batch.completed + batch.skipped, failed: batch.failed };
  if (!last || last.done !== point.done || last.failed !== point.failed || Date.now() - last.seenAt > 5000) seen.push({ ...point, seenAt: Date.now() });
  if (seen.length > SAMPLES) seen.splice(0, seen.length - SAMPLES);
}

function pace(ctx) {
  const seen = ctx.state.seen;
  if (seen.length < 5) return nothing;
  const steps = seen.slice(1).map((point, i) => ({ at: point.seenAt, minutes: Math.max(0.005, (point.seenAt - seen[i].seenAt) / 60000), done: point.done - seen[i].done, failed: Math.max(0, point.failed - seen[i].failed) }));
  const perMinute = name => steps.map(step => Math.max(0, step[name] / step.minutes));
  const span = (seen.at(-1).seenAt - seen[0].seenAt) / 60000;
  const mean = (seen.at(-1).done + seen.at(-1).failed - seen[0].done - seen[0].failed) / Math.max(0.01, span);
  return chartFigure({ title: m.batches.itemsChart, value: f.decimal(mean), unit: m.units.perMinute, tall: true, finding: m.batches.paceFinding(f.decimal(mean)), keys: [{ name: m.batches.states.completed, cls: 'f-completed soft-fill', bar: true }, { name: m.batches.failed, cls: 'f-dead', bar: true }], chart: { times: steps.map(step => step.at), unit: m.charts.perMinute, end: m.charts.now, bars: [{ name: m.batches.failed, cls: 'f-dead', data: perMinute('failed') }, { name: m.batches.states.completed, cls: 'f-completed soft-fill', data: perMinute('done') }] } });
}

async function retryFailed({ batch }, ctx) {
  const done = await ask({ title: m.batches.retryTitle, verb: m.batches.retryVerb(f.count(batch.failed)), body: () => html`<p><span class="big">${f.count(batch.failed)}</span> ${m.batches.retryText}</p>${batch.errors?.length ? html`<ul class="sample">${batch.errors.slice(0, 5).map(error => html`<li><span class="clip">${visibleText(f.firstLine(error.sample))}</span><span>${f.count(error.count)}</span></li>`)}</ul>` : nothing}`, act: async () => { await api.post(api.path`/api/batches/${batch.id}/retry-failed`); toast(m.batches.retried(f.count(batch.failed))); } });
  if (done) ctx.reload();
}

async function cancelRest({ batch }, ctx) {
  const n = parts(batch);
  const done = await ask({ title: m.batches.cancelTitle, danger: true, confirm: n.waiting + n.running > 1000 ? 'cancel' : null, verb: m.batches.cancelVerb(f.count(n.waiting + n.running)), body: () => html`<p><span class="big">${f.count(n.waiting + n.running)}</span> ${m.batches.cancelText(f.count(n.ended))}</p>`, act: async () => { await api.post(api.path`/api/batches/${batch.id}/cancel`); toast(m.batches.cancelled); } });
  if (done) ctx.reload();
}

async function pauseOrResume({ batch }, ctx) {
  const change = what => api.post(api.path`/api/batches/${batch.id}/` + what);
  await perform(() => change(batch.paused ? 'resume' : 'pause'), batch.paused ? m.batches.resumed : m.batches.paused, async () => { await perform(() => change(batch.paused ? 'pause' : 'resume')); ctx.reload(); });
  ctx.reload();
}

export const actions = (data, ctx) => [
  data.batch.failed && data.batch.finishedAt && { text: m.batches.retryTitle, icon: 'retry', role: 'operator', run: () => retryFailed(data, ctx) },
  !data.batch.finishedAt && { text: data.batch.paused ? m.batches.resume : m.batches.pause, icon: data.batch.paused ? 'play' : 'pause', role: 'operator', run: () => pauseOrResume(data, ctx) },
  !data.batch.finishedAt && { text: m.batches.cancelTitle, icon: 'stop', role: 'operator', run: () => cancelRest(data, ctx) },
].filter(Boolean);

const CHUNK_LOOK = { running: 'active', completed: 'completed', failed: 'dead', dropped: 'cancelled' };
const CELL_ORDER = ['completed', 'active', 'dead', 'cancelled', 'waiting'];
const CELL_ITEMS = { completed: 'completed', active: 'processing', dead: 'failed', cancelled: 'failed', waiting: 'pending' };

/** The chunks that were begun, one cell each, the latest at the end; then those that wait, as far as there is room. */
function chunks({ batch, begun }, ctx) {
  if (!batch.total || !begun) return nothing;
  const waiting = Array.from({ length: Math.min(begun.waitingChunks, WAITING_CELLS) }, () => ({ look: 'waiting' }));
  const shown = begun.chunks.slice(waiting.length - MOST_CELLS).map(chunk => ({ ...chunk, look: CHUNK_LOOK[chunk.state] }));
  const cells = [...shown, ...waiting];
  const tally = look => look === 'waiting' ? begun.waitingChunks : shown.filter(cell => cell.look === look).length;
  const label = cell => cell.look === 'waiting' ? m.batches.cells.waiting : m.batches.chunk(f.count(cell.chunk + 1), m.batches.cells[cell.look], f.count(cell.completed), f.count(cell.failed), cell.worker);
  const link = cell => cell.jobId ? api.path`/console/jobs/${cell.jobId}` : `?items=${CELL_ITEMS[cell.look]}`;
  const open = (event, cell) => { if (cell.jobId && cell.look === 'active') return; event.preventDefault(); event.stopPropagation(); ctx.setQuery({ items: CELL_ITEMS[cell.look], after: null }, { replace: true }); };
  const whole = (begun.chunks.at(-1)?.chunk ?? -1) + 1 + begun.waitingChunks;
  return html`<section class="card" aria-labelledby="chunks"><header><h2 id="chunks">${m.batches.chunks(f.count(whole))}</h2>${cells.length < whole ? html`<span class="muted small">${m.batches.latestChunks(cells.length)}</span>` : nothing}<p class="row small soft push">${CELL_ORDER.filter(tally).map(look => html`<span class="nowrap">${glyph(look)} ${m.batches.cells[look]} <b>${f.count(tally(look))}</b></span>`)}</p></header>
    <div class="body"><div class="chunks">${cells.map(cell => html`<a href=${link(cell)} data-state=${cell.look} aria-label=${label(cell)} title=${label(cell)} @click=${event => open(event, cell)}>${cell.look === 'completed' || cell.look === 'waiting' ? nothing : html`<svg class="g" aria-hidden="true"><use href="#s-${cell.look}"></use></svg>`}</a>`)}</div></div></section>`;
}

const ITEM_STATES = ['failed', 'skipped', 'completed', 'processing', 'pending'];

function itemsCard(data, ctx) {
  const { items, status } = data;
  return html`<section class="card flush" aria-labelledby="items"><header><h2 id="items">${m.batches.items}</h2><div class="row"><div class="seg" role="group" aria-label=${m.labels.state}>${ITEM_STATES.map(state => html`<button type="button" aria-pressed=${String(state === status)} @click=${() => ctx.setQuery({ items: state === 'failed' ? null : state, after: null }, { replace: true })}>${m.batches.itemStates[state]}</button>`)}</div></div></header>
    ${items?.items.length ? html`<div class="scroll"><table class="table flow"><thead><tr><th scope="col" class="num">${m.batches.item}</th><th scope="col">${m.batches.value}</th><th scope="col">${status === 'failed' || status === 'skipped' ? m.labels.error : m.batches.target}</th><th scope="col" class="num">${m.batches.took}</th><th scope="col" class="num">${m.batches.ended}</th></tr></thead><tbody>${items.items.map(item => html`<tr><th scope="row" class="num">${item.item}</th><td class="wide clip lead"><code>${item.value === undefined ? '–' : visibleText(JSON.stringify(item.value))}</code></td><td class="clip" title=${visibleText(item.error ?? '')}>${item.error ? visibleText(f.firstLine(item.error)) : item.targetType ? visibleText(`${item.targetType} ${item.targetId ?? ''}`) : '–'}</td><td class="num" data-l=${m.batches.took}>${item.durationMs === undefined ? '–' : f.duration(item.durationMs)}</td><td class="num" data-l=${m.batches.ended}>${ago(item.finishedAt)}</td></tr>`)}</tbody></table></div>` : empty({ glyph: 'batches', title: m.batches.noItems(m.batches.itemStates[status]) })}
    ${items?.next !== undefined ? html`<p class="body"><button class="btn s" type="button" @click=${() => ctx.setQuery({ after: items.next })}>${m.batches.nextItems}</button></p>` : nothing}</section>`;
}

export function draw(data, ctx) {
  const { batch } = data;
  const n = parts(batch);
  const state = stateOf(batch);
  const perSecond = batch.startedAt && n.ended ? n.ended / Math.max(1, (new Date(batch.finishedAt ?? Date.now()) - new Date(batch.startedAt)) / 1000) : null;
  return html`<div class="row"><h2 class="mono clip">${batch.id}</h2>${copyButton(batch.id, m.job.copyId)}${badge(state, batch.status === 'running' && !batch.paused && batch.startedAt ? m.batches.runningFor(f.since(batch.startedAt)) : m.batches.states[state])}
      <div class="row push">${batch.finishedAt ? nothing : action({ label: batch.paused ? m.batches.resume : m.batches.pause, glyph: batch.paused ? 'play' : 'pause', on: () => pauseOrResume(data, ctx) })}
        ${batch.failed && batch.finishedAt ? action({ label: m.batches.retryButton(f.count(batch.failed)), glyph: 'retry', primary: true, on: () => retryFailed(data, ctx) }) : nothing}
        ${batch.finishedAt ? nothing : action({ label: m.batches.cancelButton, glyph: 'stop', on: () => cancelRest(data, ctx) })}</div></div>
    <section class="card" aria-labelledby="progress"><header><h2 id="progress">${m.batches.itemsOf(f.count(n.ended), f.count(batch.total), batch.open)}</h2><span class="muted small">${f.percent(batch.total ? n.ended / batch.total : 1)}${perSecond ? `, ${m.batches.each(f.decimal(perSecond))}` : ''}</span>${batch.finishedAt ? html`<p class="push">${m.batches.finished(ago(batch.finishedAt))}</p>` : batch.estimatedEnd ? html`<p class="push">${m.batches.endsIn(html`<b>${f.duration(Math.max(0, new Date(batch.estimatedEnd) - Date.now()))}</b>`, exactTime(batch.estimatedEnd, f.clockMinute(batch.estimatedEnd)))} <span class="u">${f.zone()}</span></p>` : nothing}</header>
      <div class="body stack">${bar(batch)}<p class="row small soft">${['completed', 'skipped', 'failed', 'running', 'waiting'].map(name => html`<span class="nowrap">${glyph(name === 'skipped' ? 'cancelled' : name)} ${m.batches.partNames[name]} <b>${f.count(n[name])}</b></span>`)}${batch.retrying ? html`<span class="nowrap">${glyph('retrying')} ${m.batches.partNames.retrying} <b>${f.count(batch.retrying)}</b></span>` : nothing}</p></div></section>
    <div class="split wide"><div>
      ${chunks(data, ctx)}
      ${batch.errors?.length ? html`<section class="card flush" aria-labelledby="errors"><header><h2 id="errors">${m.batches.kinds(f.count(batch.failed), batch.errors.length)}</h2></header><div class="scroll"><table class="table flow"><thead><tr><th scope="col">${m.labels.error}</th><th scope="col" class="num">${m.batches.items}</th></tr></thead><tbody>${batch.errors.map(error => html`<tr><th scope="row" class="wide"><span class="clip">${visibleText(f.firstLine(error.sample))}</span></th><td class="num" data-l=${m.batches.items}>${f.count(error.count)}</td></tr>`)}</tbody></table></div></section>` : nothing}
      ${pace(ctx)}
      ${itemsCard(data, ctx)}
    </div><div>
      <section class="card" aria-labelledby="details"><header><h2 id="details">${m.labels.details}</h2></header>${facts([
        [m.labels.type, html`<code>${visibleText(batch.type)}</code>`], [m.labels.tenant, batch.tenant && visibleText(batch.tenant)], [m.batches.by, visibleText(batch.createdBy)], [m.batches.created, ago(batch.createdAt)], [m.batches.starts, batch.startAt && ago(batch.startAt)], [m.labels.started, batch.startedAt && ago(batch.startedAt)],
        [m.batches.concurrency, m.batches.atOnce(batch.concurrency)], [m.labels.priority, batch.priority], [m.batches.conflict, batch.conflict], [m.batches.parent, batch.parentId && html`<a href=${api.path`/console/batches/${batch.parentId}`}><code>${batch.parentId.slice(0, 8)}</code></a>`], [m.batches.children, batch.children && m.batches.childrenOf(batch.children)],
      ])}${data.children.length ? html`<ul class="sample">${data.children.map(child => html`<li><a href=${api.path`/console/batches/${child.id}`}>${visibleText(child.name ?? child.type)}</a><span>${badge(stateOf(child), m.batches.states[stateOf(child)], true)}</span></li>`)}</ul>` : nothing}</section>
      <section class="card flush" aria-labelledby="sizes"><header><h2 id="sizes">${m.batches.chunkSize}</h2><span class="muted small">${batch.adaptive ? m.batches.adapts : m.batches.fixed}, ${m.batches.now(batch.chunkSize)}</span></header>${batch.sizes?.length ? html`<div class="scroll"><table class="table two"><thead><tr><th scope="col">${f.zone()}</th><th scope="col">${m.batches.whyWord}</th><th scope="col" class="num">${m.batches.items}</th></tr></thead><tbody>${batch.sizes.map(size => html`<tr><td class="muted">${exactTime(size.at)}</td><td class="wide"><span class="clip">${m.batches.times(f.decimal(size.to / size.from))}</span><span class="sub clip" title=${visibleText(size.why)}>${visibleText(size.why)}</span></td><td class="num"><b>${f.count(size.to)}</b></td></tr>`)}</tbody></table></div>` : html`<p class="body muted small">${m.batches.noChanges}</p>`}</section>
    </div></div>`;
}

