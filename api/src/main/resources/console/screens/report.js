// One performance report.
import { html, nothing } from '../kit/html.js';
import { m } from '../messages/en.js';
import * as f from '../kit/format.js';
import * as api from '../kit/api.js';
import { icon, ago, facts, meter } from '../kit/parts.js';
import { visibleText } from '../kit/tree.js';

export const title = data => data?.report ? `${f.day(data.report.begins)} – ${f.day(data.report.ends)}` : m.reports.report;
export const crumb = () => ({ href: '/console/reports', text: m.nav.reports });

export const load = async ctx => ({ report: await api.get(api.path`/api/reports/${ctx.params.id}`, { signal: ctx.signal }) });

export function draw({ report }) {
  return html`<div class="row"><span class="muted small">${m.reports.madeAt(ago(report.createdAt))}</span><div class="row push"><button class="btn" type="button" @click=${() => print()}>${m.reports.print}</button></div></div>
    <section class="card verdicts" aria-labelledby="advice"><header><h2 id="advice">${m.cache.recommendations(report.advice.length)}</h2></header>${report.advice.length ? report.advice.map(advice => html`<article class="verdict" data-severity="warning">${icon('v-warning', 'i v')}<p class="since"></p><div><h3><code>${visibleText(advice.subject)}</code>: ${visibleText(advice.figure)}</h3><p>${visibleText(advice.advice)}</p></div></article>`) : html`<article class="verdict ok" data-severity="ok">${icon('v-ok', 'i v')}<div><h3>${m.reports.nothingToDo}</h3></div></article>`}</section>
    <section class="card flush" aria-labelledby="queues"><header><h2 id="queues">${m.nav.queues}</h2></header><div class="scroll"><table class="table flow"><thead><tr><th scope="col">${m.queues.queue}</th><th scope="col" class="num">${m.states.completed}</th><th scope="col" class="num">${m.reports.failed}</th><th scope="col" class="num">${m.queues.perMinuteHead}</th><th scope="col" class="num">${m.queues.mostWaiting}</th><th scope="col" class="num">${m.queues.meanWaiting}</th></tr></thead><tbody>${report.queues.map(queue => html`<tr><th scope="row"><a href=${api.path`/console/queues/${queue.queue}`}>${queue.queue}</a></th><td class="num" data-l=${m.labels.completed}>${f.count(queue.completed)}</td><td class="num ${queue.failed ? '' : 'zero'}" data-l=${m.reports.failed}>${f.count(queue.failed)}</td><td class="num" data-l=${m.queues.perMinuteHead}>${f.decimal(queue.completedPerMinute ?? (queue.seconds ? queue.completed / queue.seconds * 60 : 0))}</td><td class="num" data-l=${m.queues.mostWaiting}>${f.count(queue.mostWaiting)}</td><td class="num" data-l=${m.queues.meanWaiting}>${f.decimal(queue.meanWaiting)}</td></tr>`)}</tbody></table></div></section>
    <section class="card flush" aria-labelledby="caches"><header><h2 id="caches">${m.cache.caches}</h2></header><div class="scroll"><table class="table flow"><thead><tr><th scope="col">${m.cache.cache}</th><th scope="col">${m.cache.hitRate}</th><th scope="col" class="num">${m.cache.loads}</th><th scope="col" class="num">${m.cache.meanLoad}</th><th scope="col" class="num">${m.reports.errorRate}</th></tr></thead><tbody>${report.caches.map(cache => html`<tr><th scope="row">${visibleText(cache.cache)}</th><td><span class="pair">${meter(cache.hitRate, { cls: cache.hitRate < 0.8 ? 'f-retrying' : 'f-completed soft-fill' })}${f.percent(cache.hitRate)}</span></td><td class="num" data-l=${m.cache.loads}>${f.count(cache.stats.loads)}</td><td class="num" data-l=${m.cache.meanLoad}>${f.duration(cache.meanLoadMillis)}</td><td class="num ${cache.errorRate ? '' : 'zero'}" data-l=${m.reports.errorRate}>${f.percent(cache.errorRate)}</td></tr>`)}</tbody></table></div></section>
    ${report.redis ? html`<section class="card" aria-labelledby="redis"><header><h2 id="redis">${m.cache.redis}</h2></header>${facts([[m.cache.memory, f.bytes(report.redis.usedBytes)], [m.cache.keys, f.count(report.redis.keys)], [m.cache.evicted, f.count(report.redis.evicted)]])}</section>` : nothing}`;
}
