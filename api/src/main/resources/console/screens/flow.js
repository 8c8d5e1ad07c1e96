// Guards: breakers and buckets as they drain, and forcing them.
import { html, nothing, repeat } from '../kit/html.js';
import { m } from '../messages/en.js';
import * as f from '../kit/format.js';
import * as api from '../kit/api.js';
import { ago, meter, action, empty, severityBadge } from '../kit/parts.js';
import { visibleText } from '../kit/tree.js';
import { ask, toast } from '../kit/dialog.js';

export const title = () => m.nav.flow;
export const every = 2000;

/** Limits of queues change seldom; asking for them costs a look at each queue. */
const LIMITS_EVERY_MS = 8000;

export async function load(ctx) {
  const options = { signal: ctx.signal };
  const stale = ctx.reason === 'asked' || !(ctx.state.limitsAt > Date.now() - LIMITS_EVERY_MS);
  const [flow, limits, queues] = await Promise.all([api.get('/api/flow', options), stale ? api.aside(api.get('/api/queue-limits', options)) : ctx.state.limits, api.aside(api.get('/api/queues', options))]);
  if (stale) Object.assign(ctx.state, { limits, limitsAt: Date.now() });
  return { ...flow, limits: limits?.queues ?? [], active: new Map((queues?.queues ?? []).map(queue => [queue.queue, queue.active])) };
}

const LOOK = { closed: 'ok', half_open: 'warning', open: 'critical', forced_open: 'critical', forced_closed: 'warning' };

async function change(guard, what, ctx) {
  const done = await ask({
    title: m.flow.title[what](guard.guard), verb: m.flow.verb[what], danger: what === 'open',
    body: state => html`<p>${m.flow.consequence[what]}</p><div class="field"><label for="reason">${m.flow.reason}</label><input class="input" id="reason" maxlength="500" @input=${event => { state.reason = event.target.value; }}><small>${m.flow.reasonHint}</small></div>`,
    act: async state => { await api.post(api.path`/api/flow/${guard.guard}/` + what, { reason: state.reason || undefined }); toast(m.flow.done[what](guard.guard)); },
  });
  if (done) ctx.reload();
}

export const actions = (data, ctx) => data.guards.flatMap(guard => ['open', 'close', 'reset'].map(what => ({ text: m.flow.title[what](guard.guard), icon: 'flow', role: 'operator', run: () => change(guard, what, ctx) })));

const limited = ({ limits, pausedGroups }) => { const { globalConcurrency, rateLimit, groupConcurrency, groupRateLimit } = limits.inForce; return Boolean(globalConcurrency || rateLimit || groupConcurrency || groupRateLimit || limits.changedBy || pausedGroups); };
const rateOf = rate => rate ? m.flow.rate(f.count(rate.permits), f.duration(rate.perMs)) : '–';

/** Queues that start less than their workers could: limits over all workers, and groups that are paused. */
function queueLimits({ limits, active }) {
  const shown = limits.filter(limited);
  return html`<section class="card flush" aria-labelledby="limits"><header><h2 id="limits">${m.flow.limits}</h2><span class="muted small">${m.flow.limitsHint}</span></header>${shown.length ? html`<div class="scroll"><table class="table flow two"><thead><tr><th scope="col">${m.labels.queue}</th><th scope="col">${m.flow.atOnce}</th><th scope="col">${m.queues.pausedGroups}</th><th scope="col" class="num">${m.flow.starts}</th><th scope="col" class="num">${m.flow.groupAtOnce}</th><th scope="col" class="num">${m.flow.groupStarts}</th></tr></thead><tbody>${repeat(shown, each => each.queue, each => {
    const { globalConcurrency: most, rateLimit, groupConcurrency, groupRateLimit } = each.limits.inForce;
    const used = active.get(each.queue) ?? 0;
    const first = each.groups[0];
    return html`<tr data-severity=${each.pausedGroups ? 'warning' : nothing}><th scope="row"><a href=${api.path`/console/queues/${each.queue}`}>${each.queue}</a>${each.limits.changedBy ? html`<span class="sub">${m.queues.changedBy(visibleText(each.limits.changedBy), ago(each.limits.changedAt))}</span>` : nothing}</th>
      <td class=${most ? '' : 'zero'} data-l=${m.flow.atOnce}>${most ? html`<span class="pair">${meter(used / most, { label: m.flow.running(used, most), cls: used >= most ? 'f-retrying' : 'f-soft' })}<span>${f.count(used)} <span class="u">${m.of(f.count(most))}</span></span></span>` : html`<span class="muted">–</span>`}</td>
      <td class="wide clip ${each.pausedGroups ? '' : 'zero'}" data-l=${m.queues.pausedGroups}>${each.pausedGroups ? html`<b>${f.count(each.pausedGroups)}</b> <span class="small">${m.flow.pausedFirst(visibleText(first.group), f.ago(first.until))}</span>` : '–'}</td>
      <td class="num ${rateLimit ? '' : 'zero'}" data-l=${m.flow.starts}>${rateOf(rateLimit)}</td><td class="num ${groupConcurrency ? '' : 'zero'}" data-l=${m.flow.groupAtOnce}>${groupConcurrency ? f.count(groupConcurrency) : '–'}</td><td class="num ${groupRateLimit ? '' : 'zero'}" data-l=${m.flow.groupStarts}>${rateOf(groupRateLimit)}</td></tr>`;
  })}</tbody></table></div>` : empty({ glyph: 'check', title: m.flow.noLimits })}</section>`;
}

export function draw(data, ctx) {
  const { guards } = data;
  return html`<section class="card flush" aria-labelledby="guards"><header><h2 id="guards">${m.flow.guards}</h2><span class="muted small">${m.flow.hint}</span></header>${guards.length ? html`<div class="scroll"><table class="table flow two"><thead><tr><th scope="col">${m.flow.guard}</th><th scope="col">${m.flow.breaker}</th><th scope="col">${m.flow.bucket}</th><th scope="col" class="num">${m.flow.calls}</th><th scope="col" class="num">${m.flow.failures}</th><th scope="col" class="num">${m.flow.refused}</th><th scope="col" class="num roomy">${m.flow.limit}</th><th scope="col" class="num roomy">${m.flow.timeout}</th><th scope="col"><span class="sr">${m.labels.actions}</span></th></tr></thead><tbody>
    ${repeat(guards, guard => guard.guard, guard => {
      const { settings, forced } = guard;
      const share = guard.calls ? guard.failures / guard.calls : 0;
      const left = guard.permitsLeft;
      return html`<tr data-severity=${guard.state.endsWith('open') && guard.state !== 'half_open' ? 'critical' : guard.state === 'closed' ? nothing : 'warning'}><th scope="row">${visibleText(guard.guard)}<span class="sub">${forced ? m.flow.forcedBy(visibleText(forced.by), ago(forced.since), forced.reason ? visibleText(forced.reason) : null) : m.flow.processes(guard.processes.length)}</span></th>
        <td>${severityBadge(LOOK[guard.state] ?? 'notice', m.flow.states[guard.state] ?? guard.state, guard.state === 'closed')}<span class="sub">${openUntil(guard)}</span></td>
        <td data-l=${m.flow.bucket}>${left === null || left === undefined ? html`<span class="muted">${m.flow.unknown}</span>` : html`<span class="pair">${meter(left / Math.max(1, settings.burst), { label: m.flow.left(left, settings.burst), cls: left === 0 ? 'f-retrying' : 'f-soft' })}<span>${f.count(left)} <span class="u">${m.of(f.count(settings.burst))}</span></span></span>${left === 0 && guard.nextPermitMs ? html`<span class="sub">${m.flow.nextIn(f.duration(guard.nextPermitMs))}</span>` : nothing}`}</td>
        <td class="num" data-l=${m.flow.calls}>${f.count(guard.calls)}</td><td class="num ${guard.failures ? '' : 'zero'}" data-l=${m.flow.failures}>${f.count(guard.failures)}${guard.failures ? html` <span class="u">${f.percent(share)}</span>` : nothing}</td><td class="num ${guard.refused ? '' : 'zero'}" data-l=${m.flow.refused}>${f.count(guard.refused)}</td>
        <td class="num roomy" data-l=${m.flow.limit}>${m.flow.rate(settings.permits, f.duration(settings.perMs))}</td><td class="num roomy" data-l=${m.flow.timeout}>${f.duration(settings.timeoutMs)}</td>
        <td class="acts">${forced || guard.state !== 'closed' ? action({ label: m.flow.button.reset, small: true, on: () => change(guard, 'reset', ctx) }) : nothing} ${guard.state === 'forced_open' ? nothing : action({ label: m.flow.button.open, small: true, on: () => change(guard, 'open', ctx) })} ${guard.state === 'closed' || guard.state === 'forced_closed' ? nothing : action({ label: m.flow.button.close, small: true, on: () => change(guard, 'close', ctx) })}</td></tr>`;
    })}</tbody></table></div>` : empty({ glyph: 'flow', title: m.flow.none, text: m.flow.noneText })}</section>
    ${data.limits.length ? queueLimits(data) : nothing}
    ${guards.some(guard => guard.processes.length) ? html`<section class="card flush" aria-labelledby="processes"><header><h2 id="processes">${m.flow.byProcess}</h2><span class="muted small">${m.flow.sinceStart}</span></header><div class="scroll"><table class="table flow"><thead><tr><th scope="col">${m.flow.guard}</th><th scope="col">${m.flow.process}</th><th scope="col">${m.flow.breaker}</th><th scope="col" class="num">${m.flow.calls}</th><th scope="col" class="num">${m.flow.failures}</th><th scope="col" class="num">${m.flow.refused}</th><th scope="col" class="num">${m.flow.seen}</th></tr></thead><tbody>${guards.flatMap(guard => guard.processes.map(process => html`<tr><th scope="row">${visibleText(guard.guard)}</th><td class="mono small" data-l=${m.flow.process}>${visibleText(process.process)}</td><td>${severityBadge(LOOK[process.breaker] ?? 'notice', m.flow.states[process.breaker] ?? process.breaker, true)}</td><td class="num" data-l=${m.flow.calls}>${f.count(process.calls)}</td><td class="num ${process.failures ? '' : 'zero'}" data-l=${m.flow.failures}>${f.count(process.failures)}</td><td class="num ${process.refused ? '' : 'zero'}" data-l=${m.flow.refused}>${f.count(process.refused)}</td><td class="num" data-l=${m.flow.seen}>${ago(process.seenAt)}</td></tr>`))}</tbody></table></div></section>` : nothing}`;
}

function openUntil(guard) {
  const until = guard.processes.map(process => process.openUntil ?? process.pausedUntil).filter(Boolean).sort().at(-1);
  return until && new Date(until) > new Date() ? m.flow.until(f.ago(until)) : m.flow.opensAt(f.percent(guard.settings.breakerRatio), guard.settings.breakerMinimumCalls);
}
