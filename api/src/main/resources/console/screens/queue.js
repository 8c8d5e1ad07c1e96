// One queue: figures, what it did in the last hour, what runs for long, its limits.
import { html, nothing, live } from '../kit/html.js';
import { m } from '../messages/en.js';
import * as f from '../kit/format.js';
import * as api from '../kit/api.js';
import { badge, tile, action, ago, facts, needs, empty, severityBadge } from '../kit/parts.js';
import { ask, perform, toast } from '../kit/dialog.js';
import { visibleText } from '../kit/tree.js';
import { charts } from './charts.js';
import * as list from './queues.js';

export const title = (_, ctx) => ctx.params.id;
export const crumb = () => ({ href: '/console/queues', text: m.nav.queues });
export const every = 3000;
export const topics = ['queues', 'workers'];

export async function load(ctx) {
  const { id } = ctx.params;
  const window = ctx.query.get('window') ?? '1h';
  const [queue, overview, limits, series, groups] = await Promise.all([
    api.get(api.path`/api/queues/${id}`, { signal: ctx.signal }),
    api.optional(api.get('/api/overview', { signal: ctx.signal })),
    api.optional(api.get(api.path`/api/queues/${id}/limits`, { signal: ctx.signal })),
    api.aside(api.get(`/api/overview/series${api.query({ window, queue: id })}`, { signal: ctx.signal })),
    api.optional(api.get(api.path`/api/queues/${id}/paused-groups`, { signal: ctx.signal })),
  ]);
  return { queue: list.joined([queue], overview)[0], limits, series, window, groups: groups?.groups, problems: (overview?.problems ?? []).filter(problem => problem.subject === id) };
}

export const actions = ({ queue }, ctx) => [...list.actions({ queues: [queue] }, ctx), { text: m.queues.pauseGroup, icon: 'pause', role: 'operator', run: () => pauseGroup(queue, ctx) }];
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
      ${tile({ state: 'active', label: m.states.active, value: f.count(queue.active), text: queue.slots ? m.queues.ofSlots(f.count(queue.slots)) : undefined, href: jobs('active') })}
      ${tile({ state: 'scheduled', label: m.states.scheduled, value: f.count(queue.scheduled), text: m.queues.withRetrying, href: jobs('scheduled') })}
      ${tile({ state: 'awaiting_children', label: m.states.awaiting_children, value: f.count(queue.awaitingChildren), href: jobs('awaiting_children') })}
      ${tile({ state: 'completed', label: m.states.completed, value: f.count(queue.completed), text: m.queues.sinceItExists, href: jobs('completed') })}
      ${tile({ state: 'dead', label: m.states.dead, value: f.count(queue.dead), text: m.queues.failedAttempts(f.count(queue.failed)), href: jobs('dead') })}</nav>
    ${series ? charts({ series, window, ctx, boundMs: queue.boundMs, problems }) : nothing}
    <div class="split wide"><div>
      <section class="card flush" aria-labelledby="slow"><header><h2 id="slow">${m.queues.slow}</h2><span class="muted small">${m.queues.slowHint}</span></header>${queue.slowJobs.length ? html`<div class="scroll"><table class="table flow"><thead><tr><th scope="col">${m.labels.job}</th><th scope="col">${m.labels.type}</th><th scope="col" class="num">${m.labels.started}</th></tr></thead><tbody>${queue.slowJobs.map(job => html`<tr><th scope="row"><a class="mono" href=${api.path`/console/jobs/${job.id}`}>${job.id}</a></th><td data-l=${m.labels.type}><code>${job.type}</code></td><td class="num">${ago(job.startedAt)}</td></tr>`)}</tbody></table></div>` : empty({ glyph: 'check', title: m.queues.noSlow })}</section>
      <section class="card" aria-labelledby="hour"><header><h2 id="hour">${m.queues.lastHour}</h2></header>${hour ? facts([[m.queues.completedHour, m.queues.perMinute(f.count(hour.completed), f.decimal(hour.completedPerMinute))], [m.queues.failedHour, f.count(hour.failed)], [m.queues.mostWaiting, f.count(hour.mostWaiting)], [m.queues.meanWaiting, f.decimal(hour.meanWaiting)]]) : html`<p class="body muted">${m.queues.notMeasured}</p>`}</section>
    </div><div>
      ${limitsCard(data, ctx)}${groupsCard(data, ctx)}
      <section class="card" aria-labelledby="more"><header><h2 id="more">${m.labels.details}</h2></header>${facts([[m.states.cancelled, f.count(queue.cancelled)], [m.states.expired, f.count(queue.expired)], [m.queues.behindGroup, f.count(queue.blockedByGroup)], [m.queues.boundWord, queue.boundMs ? f.duration(queue.boundMs) : undefined], [m.nav.workers, queue.workers]])}</section>
    </div></div>`;
}

const NUMBERS = ['concurrency', 'globalConcurrency', 'groupConcurrency'];
const RATES = ['rateLimit', 'groupRateLimit'];

/** What is overridden, as the fields show it: empty means as configured. Seconds, because nobody thinks in ms. */
function draftOf({ override }) {
  const draft = {};
  for (const name of NUMBERS) draft[name] = override[name] ?? '';
  for (const name of RATES) Object.assign(draft, { [`${name}.permits`]: override[name]?.permits ?? '', [`${name}.perS`]: override[name] ? override[name].perMs / 1000 : '', [`${name}.burst`]: override[name]?.burst ?? '' });
  return draft;
}

const number = text => text === '' ? undefined : Number(text);

function requestOf(draft) {
  const body = {};
  for (const name of NUMBERS) body[name] = number(draft[name]);
  for (const name of RATES) {
    const [permits, perS, burst] = ['permits', 'perS', 'burst'].map(part => number(draft[`${name}.${part}`]));
    if (permits !== undefined || perS !== undefined) body[name] = { permits, perMs: perS === undefined ? undefined : Math.round(perS * 1000), burst };
  }
  return body;
}

const inWords = rate => rate ? m.queues.rateWords(f.count(rate.permits), f.duration(rate.perMs)) : m.queues.noLimit;

/** A save asks first when it is a change of what many jobs do: what holds now and what will hold stand side by side. */
async function saveLimits({ queue, limits }, draft, ctx) {
  const before = draftOf(limits);
  const changed = Object.keys(draft).filter(name => String(draft[name]) !== String(before[name]));
  const done = await ask({
    title: m.queues.limitsTitle(queue.queue), verb: m.actions.save, footnote: m.queues.limitsFootnote,
    body: () => html`<pre class="diff" tabindex="0">${changed.map(name => html`<del>${m.queues.limitNames[name]}: ${before[name] === '' ? m.queues.asConfigured : before[name]}</del><ins>${m.queues.limitNames[name]}: ${draft[name] === '' ? m.queues.asConfigured : draft[name]}</ins>`)}</pre>`,
    act: async () => { await api.put(api.path`/api/queues/${queue.queue}/limits`, requestOf(draft)); toast(m.queues.limitsSaved(queue.queue)); },
  });
  if (done) {
    ctx.state.limits = null;
    ctx.reload();
  }
}

function limitsCard(data, ctx) {
  const { limits } = data;
  if (!limits?.inForce) return nothing;
  const draft = ctx.state.limits ?? draftOf(limits);
  const admin = api.may('admin');
  const field = (name, hint) => html`<div class="field"><label for=${`limit-${name}`}>${m.queues.limitNames[name]}</label><input class="input" id=${`limit-${name}`} type="number" min="0" step="any" ?disabled=${!admin} .value=${live(String(draft[name]))} placeholder=${m.queues.asConfigured} @input=${event => { ctx.state.limits = { ...draft, [name]: event.target.value }; ctx.redraw(); }}>${hint ? html`<small>${hint}</small>` : nothing}</div>`;
  const overridden = [...NUMBERS, ...RATES].filter(name => limits.override[name] !== null && limits.override[name] !== undefined).length;
  return html`<section class="card" aria-labelledby="limits"><header><h2 id="limits">${m.queues.limits}</h2>${overridden ? html`<span class="tag push">${m.queues.overridden(overridden)}</span>` : nothing}</header>
    <form class="body stack" @submit=${event => { event.preventDefault(); saveLimits(data, draft, ctx); }}>
      <div class="two-up">${field('concurrency', m.queues.declared(limits.configured.concurrency ?? m.queues.noLimit))}${field('globalConcurrency', m.queues.declared(limits.configured.globalConcurrency ?? m.queues.noLimit))}</div>
      <div class="two-up">${field('rateLimit.permits', m.queues.declared(inWords(limits.configured.rateLimit)))}${field('rateLimit.perS')}</div>
      <div class="two-up">${field('rateLimit.burst')}${field('groupConcurrency', m.queues.declared(limits.configured.groupConcurrency ?? m.queues.noLimit))}</div>
      <details><summary class="small">${m.queues.groupRate}</summary><div class="two-up">${field('groupRateLimit.permits', m.queues.declared(inWords(limits.configured.groupRateLimit)))}${field('groupRateLimit.perS')}</div>${field('groupRateLimit.burst')}</details>
      ${limits.changedBy ? html`<p class="small muted">${m.queues.changedBy(limits.changedBy, ago(limits.changedAt))}</p>` : nothing}
      <p class="row"><button class="btn primary" type="submit" ?disabled=${!admin || !ctx.state.limits}>${m.queues.saveLimits}</button>${needs('admin')}</p></form></section>`;
}

const pauseGroup = (queue, ctx) => ask({
  title: m.queues.pauseGroup, verb: m.queues.pauseGroupVerb, ready: state => Boolean(state.group?.trim()) && state.minutes > 0,
  body: (state, redraw) => { state.minutes ??= 15; return html`<div class="two-up"><div class="field"><label for="group">${m.labels.group}</label><input class="input" id="group" autocomplete="off" spellcheck="false" @input=${event => { state.group = event.target.value; redraw(); }}></div><div class="field"><label for="minutes">${m.queues.minutes}</label><input class="input" id="minutes" type="number" min="1" .value=${String(state.minutes)} @input=${event => { state.minutes = Number(event.target.value); redraw(); }}></div></div><p>${m.queues.pauseGroupText}</p>`; },
  act: async state => { await api.post(api.path`/api/queues/${queue.queue}/groups/${state.group.trim()}/pause`, { forMs: state.minutes * 60000 }); toast(m.queues.groupPaused(state.group.trim())); ctx.reload(); },
});

/** Groups that an operator or an upstream's answer has paused. */
function groupsCard({ groups, queue }, ctx) {
  if (!groups) return nothing;
  const change = async (run, said) => { await perform(run, said); ctx.reload(); };
  return html`<section class="card flush" aria-labelledby="groups"><header><h2 id="groups">${m.queues.pausedGroups}</h2><div class="row">${action({ label: m.queues.pauseGroupButton, glyph: 'pause', small: true, on: () => pauseGroup(queue, ctx) })}</div></header>${groups.length ? html`<table class="table"><tbody>${groups.map(group => html`<tr><th scope="row" class="wide"><span class="clip">${visibleText(group.group)}</span></th><td class="num">${ago(group.until)}</td><td class="acts">${action({ label: m.actions.resume, small: true, on: () => change(() => api.del(api.path`/api/queues/${queue.queue}/groups/${group.group}/pause`), m.queues.groupResumed(group.group)) })}</td></tr>`)}</tbody></table>` : html`<p class="body muted small">${m.queues.noGroups}</p>`}</section>`;
}
