// What is wrong, since when, what to do; then the totals, the charts, the queues, and what has changed.
import { html, nothing, repeat } from '../kit/html.js';
import { m } from '../messages/en.js';
import * as f from '../kit/format.js';
import * as api from '../kit/api.js';
import { icon, tile, spark, ago, exactTime, empty } from '../kit/parts.js';
import { charts, windowChoice } from './charts.js';
import * as list from './queues.js';
import * as first from './first-run.js';

export const title = () => m.nav.overview;
export const every = 5000;
export const topics = ['overview', 'queues', 'workers'];

export async function load(ctx) {
  const window = ctx.query.get('window') ?? '1h';
  const [overview, { queues }, series, alerts] = await Promise.all([
    api.optional(api.get('/api/overview', { signal: ctx.signal })),
    api.get('/api/queues', { signal: ctx.signal }),
    api.aside(api.get(`/api/overview/series${api.query({ window })}`, { signal: ctx.signal })),
    api.optional(api.get('/api/alerts', { signal: ctx.signal })),
  ]);
  const data = { overview, queues: list.joined(queues, overview), series, window, alerts, problems: overview?.problems ?? fromAlerts(alerts) };
  const nothingYet = queues.every(queue => queue.waiting + queue.active + queue.scheduled + queue.completed + queue.dead + queue.failed + queue.cancelled === 0);
  if (nothingYet && !ctx.query.has('window')) data.first = await first.load(ctx);
  return data;
}

/** Where there is no overview, what alerts are raised is the best there is to say. */
const fromAlerts = alerts => (alerts?.alerts ?? []).filter(alert => alert.state === 'raised').map(alert => ({ id: alert.subject, subject: alert.subject, kind: 'alert', severity: alert.severity, since: alert.raisedAt, summary: alert.summary, remedy: 'see-alerts' }));

/** Where a problem is mended. */
function remedies(problem, queues) {
  const queue = api.path`/console/queues/${problem.subject}`;
  const jobs = parameters => `/console/jobs${api.query(parameters)}`;
  switch (problem.remedy) {
    case 'start-worker': return [[m.overview.go.workers, '/console/workers'], ...(queues.some(each => each.queue === problem.subject) ? [[m.overview.go.queue, queue]] : [])];
    case 'see-workers': return [[m.overview.go.workers, '/console/workers']];
    case 'see-queue': return [[m.overview.go.queue, queues.some(each => each.queue === problem.subject) ? queue : '/console/queues'], [m.overview.go.workers, '/console/workers']];
    case 'see-errors': return [[m.overview.go.dead, jobs({ state: 'dead', ...(problem.facts?.type ? { type: problem.facts.type } : {}), ...(problem.facts?.fingerprint ? { fingerprint: problem.facts.fingerprint } : {}) })]];
    case 'see-schedules': return [[m.overview.go.schedules, '/console/schedules']];
    case 'see-guard': return [[m.overview.go.flow, '/console/flow']];
    case 'see-alerts': return [[m.overview.go.alerts, '/console/alerts']];
    case 'see-redis': case 'see-outbox': return [[m.overview.go.health, '/console/health']];
    default: return [[m.overview.go.queue, '/console/queues']];
  }
}

/** The one line of proof: the queue's backlog in the last hour, where the problem is about a queue. */
function proof(problem, data) {
  const queue = data.queues.find(each => each.queue === problem.subject);
  if (problem.kind === 'one-error' && data.series?.died) return html`<div class="proof">${spark(data.series.died, { width: 150, height: 28, line: 'k-retrying', area: 'f-retrying' })}${m.overview.diedPerMinute}</div>`;
  if (!queue?.waitingHour) return html`<div class="proof"></div>`;
  const critical = problem.severity === 'critical';
  return html`<div class="proof">${spark(queue.waitingHour, { width: 150, height: 28, line: critical ? 'k-dead' : 'k-retrying', area: critical ? 'f-dead' : 'f-retrying' })}${m.overview.waitingLastHour}</div>`;
}

/** The subject in mono, where the sentence begins with it. */
const subjectFirst = problem => problem.summary.startsWith(problem.subject) ? html`<code>${problem.subject}</code>${problem.summary.slice(problem.subject.length)}` : problem.summary;

const severityOf = problem => problem.severity === 'info' ? 'notice' : problem.severity;

function verdicts(data, ctx) {
  const { problems, overview } = data;
  const head = html`<header><h2 id="verdicts">${m.overview.problems(problems.length)}</h2>${overview ? html`<span class="muted small">${m.overview.checks(overview.checks)}, ${ago(overview.at)}</span>` : nothing}<div class="row">${data.series ? windowChoice(data.window, ctx) : nothing}</div></header>`;
  const longest = data.queues.filter(queue => !queue.paused).reduce((worst, queue) => queue.oldestWaitMs > (worst?.oldestWaitMs ?? 0) ? queue : worst, null);
  return html`<section class="card verdicts" aria-labelledby="verdicts">${head}
    ${problems.length ? repeat(problems, problem => problem.id, problem => html`<article class="verdict" data-severity=${severityOf(problem)}>${icon(`v-${severityOf(problem)}`, 'i v')}
        <p class="since"><b><time datetime=${problem.since} title=${f.exact(problem.since)}>${f.since(problem.since)}</time></b>${m.since(f.clockMinute(problem.since))}</p>
        <div><h3>${data.series ? html`<span class="pin-tag">${problems.indexOf(problem) + 1}</span> ` : nothing}${subjectFirst(problem)}</h3>${problem.cause ? html`<p>${problem.cause}</p>` : nothing}</div>
        ${proof(problem, data)}
        <div class="do">${remedies(problem, data.queues).map(([text, href], i) => html`<a class="btn ${i === 0 && problem === problems[0] ? 'primary' : ''}" href=${href}>${text}${i === 0 ? icon('go') : nothing}</a>`)}</div></article>`)
      : html`<article class="verdict ok" data-severity="ok">${icon('v-ok', 'i v')}<div><h3>${overview ? m.overview.allWell(longest ? html`<code>${longest.queue}</code>` : null, longest ? f.duration(longest.oldestWaitMs) : null) : m.overview.noAlerts}</h3></div></article>`}
    ${overview?.unknown?.length ? html`<article class="verdict" data-severity="warning">${icon('v-warning', 'i v')}<p class="since"></p><div><h3>${m.overview.unknown(overview.unknown.join(', '))}</h3></div></article>` : nothing}
    ${problems.length || !overview ? nothing : html`<div class="checks">${[m.overview.check.queues(data.queues.length), m.overview.check.workers(overview.totals?.workers?.alive ?? 0), m.overview.check.dead(f.count(overview.totals?.dead ?? 0))].map(text => html`<span>${icon('check')}${text}</span>`)}</div>`}</section>`;
}

const known = estimate => estimate === undefined ? undefined : typeof estimate === 'number' ? f.count(estimate) : (estimate.atLeast ? '≥ ' : estimate.about ? '≈ ' : '') + f.count(estimate.count);

function tiles(data) {
  const totals = data.overview?.totals;
  const sum = name => data.queues.reduce((all, queue) => all + (queue[name] ?? 0), 0);
  const jobs = state => `/console/jobs?state=${state}`;
  const paused = totals?.pausedQueues ?? data.queues.filter(queue => queue.paused).map(queue => queue.queue);
  const waiting = totals?.waiting ?? sum('waiting');
  const most = data.queues.reduce((a, b) => (b.waiting > (a?.waiting ?? 0) ? b : a), null);
  return html`<nav class="tiles" aria-label=${m.overview.byState}>
    ${tile({ state: 'waiting', label: m.states.waiting, value: f.count(waiting), text: most && waiting ? m.overview.mostIn(f.percent(most.waiting / waiting), most.queue) : m.overview.nothing, href: jobs('waiting') })}
    ${tile({ state: 'active', label: m.states.active, value: f.count(totals?.active ?? sum('active')), text: totals ? m.overview.slots(f.count(totals.slots), totals.workers?.lost ?? 0) : undefined, href: jobs('active'), bad: totals?.workers?.lost > 0 })}
    ${tile({ state: 'scheduled', label: m.states.scheduled, value: known(totals?.scheduled) ?? f.count(sum('scheduled')), text: totals ? undefined : m.queues.withRetrying, href: jobs('scheduled') })}
    ${totals ? tile({ state: 'retrying', label: m.states.retrying, value: known(totals.retrying), text: totals.failed24h === undefined ? undefined : m.overview.failed24h(f.count(totals.failed24h)), href: jobs('retrying') }) : nothing}
    ${tile({ state: 'completed', label: totals ? m.overview.completed24h : m.states.completed, value: f.count(totals?.completed24h ?? sum('completed')), text: !totals ? m.queues.sinceItExists : totals.completed24h ? f.percent(totals.completed24h / (totals.completed24h + (totals.died24h ?? 0))) : m.overview.none, href: jobs('completed') })}
    ${tile({ state: 'dead', label: m.states.dead, value: f.count(totals?.dead ?? sum('dead')), text: !totals ? m.queues.stillKept : totals.died24h ? m.overview.died24h(f.count(totals.died24h)) : m.overview.noneDied, href: jobs('dead'), bad: totals?.died24h > 0 && data.problems.some(problem => problem.kind === 'one-error') })}
    ${tile({ state: 'paused', label: m.overview.pausedQueues, value: f.count(paused.length), text: paused.length ? paused.slice(0, 2).join(', ') : m.overview.none, href: '/console/queues' })}</nav>`;
}

const FEED_ICONS = { deployment: 'deploy', pause: 'pause', resume: 'play', 'worker-lost': 'workers', alert: 'v-warning', recovered: 'check' };

function changed(data) {
  const marks = [...(data.series?.marks ?? [])].reverse().slice(0, 8);
  return html`<section class="card flush" aria-labelledby="changed"><header><h2 id="changed">${m.overview.changed}</h2><span class="muted small push">${f.zone()}</span></header>${marks.length
    ? html`<ol class="feed">${marks.map(mark => html`<li>${exactTime(mark.at, f.clockMinute(mark.at))}${icon(FEED_ICONS[mark.kind] ?? 'right')}<div><p>${m.overview.marks[mark.kind]?.(html`<code>${mark.subject}</code>`) ?? mark.subject}</p>${mark.detail ? html`<small>${mark.detail}</small>` : nothing}</div></li>`)}</ol>`
    : empty({ glyph: 'check', title: m.overview.nothingChanged })}</section>`;
}

export const actions = (data, ctx) => data.first ? [] : list.actions(data, ctx);

export function draw(data, ctx) {
  if (data.first) return first.draw(data.first, ctx);
  return html`${verdicts(data, ctx)}${tiles(data)}
    ${data.series ? charts({ series: data.series, window: data.window, ctx, problems: data.problems, withChoice: false }) : nothing}
    <div class="${data.series ? 'split' : 'stack'}">
      <section class="card flush" aria-labelledby="queues"><header><h2 id="queues">${m.nav.queues}</h2><span class="muted small">${m.overview.worstFirst(data.queues.length)}</span><div class="row"><a class="btn s quiet" href="/console/queues">${m.overview.allColumns}${icon('go')}</a></div></header>
        <div class="scroll"><table class="table flow"><thead><tr>${list.heads({ brief: true })}</tr></thead><tbody>${repeat(data.queues, queue => queue.queue, queue => html`<tr data-severity=${queue.severity ?? nothing}>${list.cells(queue, { brief: true })}</tr>`)}</tbody></table></div></section>
      ${data.series ? changed(data) : nothing}</div>`;
}
