// What runs where: processes, their slots, the jobs under way, who serves what.
import { html, svg, nothing, repeat } from '../kit/html.js';
import { m } from '../messages/en.js';
import * as f from '../kit/format.js';
import * as api from '../kit/api.js';
import { icon, tile, ago, meter, action, empty, unavailable, severityBadge, badge } from '../kit/parts.js';
import { visibleText } from '../kit/tree.js';
import { ask, perform } from '../kit/dialog.js';

export const title = () => m.nav.workers;
export const every = 3000;
export const topics = ['workers'];

const MOST_SLOTS = 60;
const MOST_RUNNING = 15;
const LEASE_LATE_MS = 5000;
const CLOCK_OFF_MS = 1000;

export const load = async ctx => ({ answer: await api.optional(api.get('/api/workers', { signal: ctx.signal })) });

const shortId = worker => worker.id.split('-')[0];

/** One cell for each slot; the fill is the age of its job against its time-out. */
function slots(worker) {
  const total = Math.min(worker.slots.total, MOST_SLOTS);
  return html`<div class="slots" role="img" aria-label=${m.workers.slotsLabel(worker.slots.used, worker.slots.total)}>${Array.from({ length: total }, (_, i) => {
    const job = worker.running[i];
    const busy = job || i < worker.slots.used;
    const share = job?.timeoutMs ? Math.min(1, job.runsForMs / job.timeoutMs) : busy ? 0.25 : 0;
    const height = busy ? Math.max(3, share * 15) : 0;
    return html`<svg class="slot" viewBox="0 0 8 16" aria-hidden="true"><rect class="hole" x=".5" y=".5" width="7" height="15" rx="1"></rect>${busy ? svg`<rect class=${share > 0.8 ? 'f-retrying' : 'f-active'} x="1" y=${(15 - height).toFixed(1)} width="6" height=${height.toFixed(1)}></rect>` : ''}</svg>`;
  })}${worker.slots.total > MOST_SLOTS ? html`<span class="muted small">+${worker.slots.total - MOST_SLOTS}</span>` : nothing}</div>`;
}

function state(worker) {
  if (worker.state === 'lost') return severityBadge('critical', m.workers.states.lost);
  const text = worker.order && worker.order !== worker.state ? m.workers.ordered(m.workers.orders[worker.order] ?? worker.order) : m.workers.states[worker.state];
  return badge(worker.state === 'running' ? 'active' : 'paused', text, worker.state === 'running');
}

async function order(worker, what, ctx) {
  const send = () => api.post(api.path`/api/workers/${worker.id}/` + what);
  if (what !== 'stop') {
    await perform(send, m.workers.done[what](shortId(worker)), what === 'quiet' ? async () => { await perform(() => api.post(api.path`/api/workers/${worker.id}/resume`)); ctx.reload(); } : undefined);
  } else {
    await ask({ title: m.workers.stopTitle(shortId(worker)), danger: true, confirm: shortId(worker), verb: m.workers.stopVerb, body: () => html`<p>${m.workers.stopText(worker.slots.used)}</p>${worker.running.length ? html`<ul class="sample">${worker.running.slice(0, 5).map(job => html`<li><code class="clip">${visibleText(job.id)}</code><span class="muted">${visibleText(job.type)}</span><span>${f.duration(job.runsForMs)}</span></li>`)}</ul>` : nothing}`, act: send });
  }
  ctx.reload();
}

export const actions = (data, ctx) => (data.answer?.workers ?? []).filter(worker => worker.state !== 'lost').flatMap(worker => [
  worker.state === 'running' ? { text: m.workers.quietNamed(shortId(worker)), icon: 'quiet', role: 'operator', run: () => order(worker, 'quiet', ctx) } : { text: m.workers.resumeNamed(shortId(worker)), icon: 'play', role: 'operator', run: () => order(worker, 'resume', ctx) },
  { text: m.workers.stopTitle(shortId(worker)), icon: 'power', role: 'operator', run: () => order(worker, 'stop', ctx) },
]);

export function draw({ answer }, ctx) {
  if (!answer) return html`<section class="card">${unavailable(m.workers.unavailable)}</section>`;
  const { workers, totals, serves } = answer;
  const alive = workers.filter(worker => worker.state !== 'lost');
  const lost = workers.filter(worker => worker.state === 'lost');
  const unserved = serves.filter(queue => queue.workers === 0);
  const running = alive.flatMap(worker => worker.running.map(job => ({ ...job, worker }))).sort((a, b) => b.runsForMs - a.runsForMs);
  const versions = [...new Set(alive.map(worker => worker.version))];
  const least = running.reduce((worst, job) => job.leaseLeftMs !== undefined && job.leaseLeftMs < (worst?.leaseLeftMs ?? Infinity) ? job : worst, null);
  const clock = alive.reduce((worst, worker) => Math.abs(worker.clockOffMs ?? 0) > Math.abs(worst?.clockOffMs ?? 0) ? worker : worst, null);
  const verdict = lost.length && unserved.length;
  return html`${verdict ? html`<section class="card verdicts" aria-labelledby="problem"><h2 class="sr" id="problem">${m.workers.problem}</h2><article class="verdict" data-severity="critical">${icon('v-critical', 'i v')}<p class="since"><b>${f.since(lost[0].lastHeartbeat)}</b>${m.since(f.clockMinute(lost[0].lastHeartbeat))}</p><div><h3>${m.workers.lostVerdict(html`<code>${shortId(lost[0])}</code>`, html`<code>${unserved.map(queue => queue.queue).slice(0, 4).join(', ')}</code>`)}</h3><p>${m.workers.lostHelp(html`<code>PENSTOCK_QUEUES=${unserved[0].queue}</code>`)}</p></div><div class="proof"></div><div class="do"></div></article></section>` : nothing}
    <div class="tiles">
      ${tile({ label: m.workers.processes, value: html`${totals.alive}${totals.lost ? html` <span class="u">${m.of(totals.alive + totals.lost)}</span>` : nothing}`, text: totals.lost ? m.workers.lostCount(totals.lost) : totals.alive ? m.workers.allAlive : undefined, bad: totals.lost > 0 })}
      ${tile({ label: m.workers.slotsInUse, value: html`${f.count(totals.slots.used)} <span class="u">${m.of(f.count(totals.slots.total))}</span>`, text: f.percent(totals.slots.total ? totals.slots.used / totals.slots.total : 0) })}
      ${tile({ label: m.workers.version, value: versions[0] ?? '–', text: versions.length > 1 ? m.workers.versions(versions.length) : versions.length ? m.workers.oneVersion : undefined, bad: versions.length > 1, severity: 'warning' })}
      ${tile({ label: m.workers.leastLease, value: least ? f.duration(Math.max(0, least.leaseLeftMs)) : '–', text: least ? m.workers.onWorker(shortId(least.worker)) : m.workers.nothingRuns, bad: least && least.leaseLeftMs < LEASE_LATE_MS, severity: 'warning' })}
      ${tile({ label: m.workers.unserved, value: f.count(unserved.length), text: unserved.length ? unserved.slice(0, 2).map(queue => queue.queue).join(', ') : m.workers.allServed, bad: unserved.length > 0, severity: 'warning' })}
      ${tile({ label: m.workers.clock, value: clock ? f.duration(Math.abs(clock.clockOffMs)) : `0 ms`, text: clock ? m.workers.clockOff(clock.clockOffMs > 0, shortId(clock)) : m.workers.clockGood, bad: clock && Math.abs(clock.clockOffMs) > CLOCK_OFF_MS, severity: 'warning' })}</div>
    <section class="card flush" aria-labelledby="processes"><header><h2 id="processes">${m.workers.processes}</h2><span class="muted small">${m.workers.cellHint}</span></header>${workers.length ? html`<div class="scroll"><table class="table flow two"><thead><tr><th scope="col">${m.labels.worker}</th><th scope="col">${m.labels.state}</th><th scope="col" class="roomy">${m.workers.version}</th><th scope="col">${m.workers.slots}</th><th scope="col" class="num">${m.workers.inUse}</th><th scope="col" class="num">${m.workers.memory}</th><th scope="col" class="num">${m.workers.heartbeat}</th><th scope="col"><span class="sr">${m.labels.actions}</span></th></tr></thead><tbody>
      ${repeat(workers, worker => worker.id, worker => {
        const gone = worker.state === 'lost';
        const memory = worker.memory?.maxBytes ? worker.memory.usedBytes / worker.memory.maxBytes : 0;
        return html`<tr data-severity=${gone ? 'critical' : nothing}><th scope="row"><span class="mono" title=${worker.id}>${visibleText(shortId(worker))}</span><span class="sub">${[worker.address, m.workers.pid(worker.pid), worker.startedAt && !gone ? m.workers.up(f.since(worker.startedAt)) : null].filter(Boolean).join(' · ')}</span></th>
          <td>${state(worker)}</td><td class="roomy" data-l=${m.workers.version}>${worker.version}</td><td>${gone ? html`<span class="muted small">${m.workers.takenOver}</span>` : slots(worker)}</td>
          <td class="num" data-l=${m.workers.slots}>${worker.slots.used} <span class="u">${m.of(worker.slots.total)}</span></td>
          <td class="num" data-l=${m.workers.memory}>${worker.memory ? html`<span class="pair"><span>${f.bytes(worker.memory.usedBytes)}${worker.memory.maxBytes ? html` <span class="u">${m.of(f.bytes(worker.memory.maxBytes))}</span>` : nothing}</span>${worker.memory.maxBytes ? meter(memory, { cls: memory > 0.9 ? 'f-dead' : 'f-soft' }) : nothing}</span>` : '–'}</td>
          <td class="num" data-l=${m.workers.heartbeat}>${gone ? html`<b class="bad" data-severity="critical">${ago(worker.lastHeartbeat)}</b>` : ago(worker.lastHeartbeat)}</td>
          <td class="acts">${gone ? nothing : html`${worker.state === 'running' ? action({ label: m.workers.quietNamed(shortId(worker)), glyph: 'quiet', iconOnly: true, on: () => order(worker, 'quiet', ctx) }) : action({ label: m.workers.resumeNamed(shortId(worker)), glyph: 'play', iconOnly: true, disabled: worker.state === 'stopping', on: () => order(worker, 'resume', ctx) })} ${action({ label: m.workers.stopTitle(shortId(worker)), glyph: 'power', iconOnly: true, disabled: worker.state === 'stopping', on: () => order(worker, 'stop', ctx) })}`}</td></tr>`;
      })}</tbody></table></div>` : empty({ glyph: 'workers', title: m.workers.none, text: m.workers.noneText })}</section>
    <div class="split wide"><div><section class="card flush" aria-labelledby="running"><header><h2 id="running">${m.workers.running}</h2><span class="muted small">${m.workers.longestFirst(f.count(totals.slots.used))}</span><div class="row"><a class="btn s quiet" href="/console/jobs?state=active">${m.workers.all}${icon('go')}</a></div></header>${running.length ? html`<div class="scroll"><table class="table flow"><thead><tr><th scope="col">${m.labels.job}</th><th scope="col">${m.labels.type}</th><th scope="col">${m.labels.worker}</th><th scope="col" class="num">${m.workers.runsFor}</th><th scope="col" class="num roomy">${m.workers.timeout}</th><th scope="col" class="num">${m.workers.leaseLeft}</th></tr></thead><tbody>
      ${repeat(running.slice(0, MOST_RUNNING), job => `${job.id} ${job.attempt}`, job => {
        const share = job.timeoutMs ? job.runsForMs / job.timeoutMs : null;
        return html`<tr><th scope="row"><a class="mono clip job-id" href=${api.path`/console/jobs/${job.id}`}>${visibleText(job.id)}</a></th><td data-l=${m.labels.type}><code>${visibleText(job.type)}</code></td><td class="mono small" data-l=${m.job.on}>${visibleText(shortId(job.worker))}</td><td class="num" data-l=${m.workers.runsFor}><span class="pair">${f.duration(job.runsForMs)}${share === null ? nothing : meter(share, { label: m.workers.ofTimeout(f.percent(share)), cls: share > 0.8 ? 'f-retrying' : 'f-active' })}</span></td><td class="num muted roomy" data-l=${m.workers.timeout}>${job.timeoutMs ? f.duration(job.timeoutMs) : '–'}</td><td class="num" data-l=${m.workers.leaseLeft}>${job.leaseLeftMs === undefined ? '–' : job.leaseLeftMs < LEASE_LATE_MS ? html`<b class="bad" data-severity="warning">${f.duration(Math.max(0, job.leaseLeftMs))}</b>` : f.duration(job.leaseLeftMs)}</td></tr>`;
      })}</tbody></table></div>` : empty({ glyph: 'check', title: m.workers.idle })}</section></div><div>
      <section class="card flush" aria-labelledby="serves"><header><h2 id="serves">${m.workers.serves}</h2><span class="muted small">${m.workers.slotsWord}</span></header><div class="scroll"><table class="table cover"><thead><tr><th scope="col">${m.labels.queue}</th>${alive.slice(0, 6).map(worker => html`<th scope="col" class="mono"><abbr title=${worker.id}>${visibleText(shortId(worker).slice(0, 3))}</abbr></th>`)}<th scope="col">${m.jobs.all}</th></tr></thead><tbody>${serves.map(queue => html`<tr data-severity=${queue.workers || !alive.length ? nothing : 'critical'}><th scope="row"><a href=${api.path`/console/queues/${queue.queue}`}>${queue.queue}</a></th>${alive.slice(0, 6).map(worker => { const own = worker.queues.find(each => each.queue === queue.queue); return html`<td class=${own ? '' : 'zero'}>${own ? own.slots : '·'}</td>`; })}<td>${queue.workers ? f.count(queue.slots) : html`<b class="bad" data-severity="critical">${m.workers.noneWord}</b>`}</td></tr>`)}</tbody></table></div></section></div></div>`;
}
