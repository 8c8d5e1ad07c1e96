// One queue: figures, what it did in the last hour, what runs for long, its limits.
import { html, nothing, live } from '../kit/html.js';
import { m } from '../messages/en.js';
import * as f from '../kit/format.js';
import * as api from '../kit/api.js';
import { badge, tile, action, ago, facts, needs, empty, severityBadge } from '../kit/parts.js';
import { perform } from '../kit/dialog.js';
import { charts } from './charts.js';
import * as list from './queues.js';

export const title = (_, ctx) => ctx.params.id;
export const crumb = () => ({ href: '/console/queues', text: m.nav.queues });
export const every = 3000;
export const topics = ['queues', 'workers'];

export async function load(ctx) {
  const { id } = ctx.params;
  const window = ctx.query.get('window') ?? '1h';
  const [queue, overview, limits, series] = await Promise.all([
    api.get(api.path`/api/queues/${id}`, { signal: ctx.signal }),
    api.optional(api.get('/api/overview', { signal: ctx.signal })),
    api.optional(api.get(api.path`/api/queues/${id}/limits`, { signal: ctx.signal })),
    api.optional(api.get(`/api/overview/series${api.query({ window, queue: id })}`, { signal: ctx.signal })),
  ]);
  return { queue: list.joined([queue], overview)[0], limits, series, window, problems: (overview?.problems ?? []).filter(problem => problem.subject === id) };
}

export const actions = ({ queue }, ctx) => list.actions({ queues: [queue] }, ctx);
export const keys = { p: ({ queue }, ctx) => list.pauseOrResume(queue, ctx) };

export function draw(data, ctx) {
  const { queue, limits, series, window, problems } = data;
  const jobs = state => `/console/jobs${api.query({ queue: queue.queue, state })}`;
  const hour = queue.lastHour;
  return html`<div class="row">${queue.paused ? badge('paused') : queue.workers === 0 ? severityBadge('critical', m.queues.noWorker) : badge('active', m.queues.runs)}
      ${problems.map(problem => html`<span class="bad small" data-severity=${problem.severity}>${problem.summary}</span>`)}
      <div class="row push">${action({ label: queue.paused ? m.actions.resume : m.actions.pause, glyph: queue.paused ? 'play' : 'pause', on: () => list.pauseOrResume(queue, ctx) })}
        ${action({ label: m.queues.drain.button, glyph: 'drain', on: () => list.drain(queue, ctx) })}
        ${action({ label: m.queues.purge.button, glyph: 'trash', role: 'admin', on: () => list.purge(queue, ctx) })}</div></div>
    <nav class="tiles" aria-label=${m.queues.byState}>
      ${tile({ state: 'waiting', label: m.states.waiting, value: f.count(queue.waiting), text: queue.oldestWaitMs ? m.queues.oldest(f.duration(queue.oldestWaitMs)) : m.queues.nothingWaits, href: jobs('waiting'), bad: queue.boundMs && queue.oldestWaitMs > queue.boundMs && !queue.paused })}
      ${tile({ state: 'active', label: m.states.active, value: f.count(queue.active), text: queue.slots === undefined ? undefined : m.queues.ofSlots(f.count(queue.slots)), href: jobs('active') })}
      ${tile({ state: 'scheduled', label: m.states.scheduled, value: f.count(queue.scheduled), text: m.queues.withRetrying, href: jobs('scheduled') })}
      ${tile({ state: 'awaiting_children', label: m.states.awaiting_children, value: f.count(queue.awaitingChildren), href: jobs('awaiting_children') })}
      ${tile({ state: 'completed', label: m.states.completed, value: f.count(queue.completed), text: m.queues.sinceItExists, href: jobs('completed') })}
      ${tile({ state: 'dead', label: m.states.dead, value: f.count(queue.dead), text: m.queues.failedAttempts(f.count(queue.failed)), href: jobs('dead') })}</nav>
    ${series ? charts({ series, window, ctx, boundMs: queue.boundMs, problems }) : nothing}
    <div class="split wide"><div>
      <section class="card flush" aria-labelledby="slow"><header><h2 id="slow">${m.queues.slow}</h2><span class="muted small">${m.queues.slowHint}</span></header>${queue.slowJobs.length ? html`<div class="scroll"><table class="table flow"><thead><tr><th scope="col">${m.labels.job}</th><th scope="col">${m.labels.type}</th><th scope="col" class="num">${m.labels.started}</th></tr></thead><tbody>${queue.slowJobs.map(job => html`<tr><th scope="row"><a class="mono" href=${api.path`/console/jobs/${job.id}`}>${job.id}</a></th><td data-l=${m.labels.type}><code>${job.type}</code></td><td class="num">${ago(job.startedAt)}</td></tr>`)}</tbody></table></div>` : empty({ glyph: 'check', title: m.queues.noSlow })}</section>
      <section class="card" aria-labelledby="hour"><header><h2 id="hour">${m.queues.lastHour}</h2></header>${hour ? facts([[m.queues.completedHour, m.queues.perMinute(f.count(hour.completed), f.decimal(hour.completedPerMinute))], [m.queues.failedHour, f.count(hour.failed)], [m.queues.mostWaiting, f.count(hour.mostWaiting)], [m.queues.meanWaiting, f.decimal(hour.meanWaiting)]]) : html`<p class="body muted">${m.queues.notMeasured}</p>`}</section>
    </div><div>
      ${limitsCard(data, ctx)}
      <section class="card" aria-labelledby="more"><header><h2 id="more">${m.labels.details}</h2></header>${facts([[m.states.cancelled, f.count(queue.cancelled)], [m.states.expired, f.count(queue.expired)], [m.queues.behindGroup, f.count(queue.blockedByGroup)], [m.queues.boundWord, queue.boundMs ? f.duration(queue.boundMs) : undefined], [m.nav.workers, queue.workers]])}</section>
    </div></div>`;
}

/** Limits are whatever the API tells of them: numbers and texts of one level, each saved as it came. */
function limitsCard({ limits, queue }, ctx) {
  if (!limits) return nothing;
  const fields = Object.entries(limits.limits ?? limits).filter(([name, value]) => name !== 'queue' && (value === null || typeof value !== 'object'));
  const changes = ctx.state.limits ?? {};
  const save = async event => {
    event.preventDefault();
    const body = Object.fromEntries(fields.map(([name, value]) => [name, name in changes ? parsed(changes[name], value) : value]));
    if (await perform(() => api.put(api.path`/api/queues/${queue.queue}/limits`, body), m.queues.limitsSaved(queue.queue))) {
      ctx.state.limits = null;
      ctx.reload();
    }
  };
  const parsed = (text, was) => text.trim() === '' ? null : typeof was === 'string' && !/^\d+$/.test(text) ? text : Number.isFinite(Number(text)) ? Number(text) : text;
  return html`<section class="card" aria-labelledby="limits"><header><h2 id="limits">${m.queues.limits}</h2></header><form class="body stack" @submit=${save}><div class="two-up">${fields.map(([name, value]) => html`<div class="field"><label for="limit-${name}">${m.queues.limitNames[name] ?? name}</label><input class="input" id="limit-${name}" ?disabled=${!api.may('admin')} .value=${live(changes[name] ?? (value ?? ''))} placeholder=${m.queues.noLimit} @input=${event => { ctx.state.limits = { ...changes, [name]: event.target.value }; ctx.redraw(); }}></div>`)}</div>
    <p class="row"><button class="btn primary" type="submit" ?disabled=${!api.may('admin') || !ctx.state.limits}>${m.actions.save}</button>${needs('admin')}</p></form></section>`;
}
