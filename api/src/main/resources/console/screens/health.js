// The scheduled health checks, part by part, and jobs of the outbox that cannot be delivered.
import { html, svg, nothing } from '../kit/html.js';
import { m } from '../messages/en.js';
import * as f from '../kit/format.js';
import * as api from '../kit/api.js';
import { ago, action, empty, severityBadge, tile, exactTime } from '../kit/parts.js';
import { visibleText } from '../kit/tree.js';
import { ask, perform, toast } from '../kit/dialog.js';

export const title = () => m.nav.health;
export const every = 10000;

const LOOK = { up: 'ok', degraded: 'warning', down: 'critical' };
const SCHEDULE = 'health-check';

export async function load(ctx) {
  const options = { signal: ctx.signal };
  const [checks, outbox, letters] = await Promise.all([
    api.get('/api/health-checks?limit=100', options),
    api.optional(api.get('/api/outbox', options)),
    api.optional(api.get('/api/outbox/dead-letters?limit=50', options)),
  ]);
  return { checks: checks.checks ?? checks.healthChecks ?? [], outbox, letters: letters?.deadLetters ?? [] };
}

async function runNow(ctx) {
  await perform(() => api.post(api.path`/api/tasks/${SCHEDULE}/execute`), m.health.started);
  ctx.reload();
}

async function act(letter, what, ctx) {
  const path = api.path`/api/outbox/dead-letters/${letter.id}`;
  if (what === 'retry') await perform(() => api.post(`${path}/retry`), m.health.retried);
  else await ask({ title: m.health.deleteTitle, verb: m.job.deleteVerb, danger: true, confirm: 'delete', body: () => html`<p>${m.health.deleteText}</p><ul class="sample"><li><code class="clip">${visibleText(letter.jobId)}</code><span>${visibleText(letter.type)}</span></li></ul>`, act: async () => { await api.del(path); toast(m.health.deleted); } });
  ctx.reload();
}

export const actions = ({ letters }, ctx) => [...letters.flatMap(letter => [{ text: m.health.retryNamed(letter.jobId), icon: 'retry', role: 'operator', run: () => act(letter, 'retry', ctx) }, { text: m.health.deleteNamed(letter.jobId), icon: 'trash', role: 'operator', run: () => act(letter, 'delete', ctx) }]), { text: m.health.run, icon: 'play', role: 'admin', run: () => runNow(ctx) }];

/** One cell for each check, the newest at the right. */
const history = (checks, part) => html`<svg class="strip" viewBox="0 0 150 24" role="img" aria-label=${m.health.historyLabel(part)}>${checks.slice(0, 50).reverse().map((check, i) => { const found = check.parts.find(each => each.name === part); return found ? svg`<rect class=${{ up: 'f-completed', degraded: 'f-retrying', down: 'f-dead' }[found.status]} x=${i * 3} y=${found.status === 'up' ? 12 : 4} width="2" height=${found.status === 'up' ? 12 : 20}><title>${f.short(check.checkedAt)} ${m.health.states[found.status]}</title></rect>` : ''; })}</svg>`;

export function draw(data, ctx) {
  const latest = data.checks[0];
  return html`<div class="row">${latest ? html`${severityBadge(LOOK[latest.status], m.health.states[latest.status])}<span class="muted small">${m.health.checked} ${ago(latest.checkedAt)}</span>` : nothing}<div class="row push">${action({ label: m.health.run, glyph: 'play', role: 'admin', on: () => runNow(ctx) })}</div></div>
    <section class="card flush" aria-labelledby="parts"><header><h2 id="parts">${m.health.parts}</h2></header>${latest ? html`<div class="scroll"><table class="table flow"><thead><tr><th scope="col">${m.health.part}</th><th scope="col">${m.labels.state}</th><th scope="col">${m.health.detail}</th><th scope="col" class="num">${m.health.took}</th><th scope="col">${m.health.last(Math.min(50, data.checks.length))}</th></tr></thead><tbody>${latest.parts.map(part => html`<tr data-severity=${part.status === 'up' ? nothing : LOOK[part.status]}><th scope="row">${visibleText(part.name)}</th><td>${severityBadge(LOOK[part.status], m.health.states[part.status], true)}</td><td class="wide clip" title=${visibleText(part.detail)}>${visibleText(part.detail) || html`<span class="muted">–</span>`}</td><td class="num" data-l=${m.health.took}>${f.duration(part.millis)}</td><td>${history(data.checks, part.name)}</td></tr>`)}</tbody></table></div>` : empty({ glyph: 'check', title: m.health.none, text: m.health.noneText })}</section>
    ${data.outbox ? html`<div class="tiles">${Object.entries(data.outbox).filter(([, value]) => typeof value === 'number').map(([name, value]) => tile({ label: m.health.outbox[name] ?? name, value: name.endsWith('Ms') ? f.duration(value) : f.count(value) }))}</div>` : nothing}
    <section class="card flush" aria-labelledby="letters"><header><h2 id="letters">${m.health.letters}</h2><span class="muted small">${m.health.lettersHint}</span></header>${data.letters.length ? html`<div class="scroll"><table class="table flow two"><thead><tr><th scope="col">${m.labels.job}</th><th scope="col">${m.health.reason}</th><th scope="col" class="num">${m.health.refused}</th><th scope="col"><span class="sr">${m.labels.actions}</span></th></tr></thead><tbody>${data.letters.map(letter => html`<tr><th scope="row"><code>${visibleText(letter.jobId)}</code><span class="sub"><code>${visibleText(letter.type)}</code></span></th><td class="wide clip" title=${visibleText(letter.reason)}>${visibleText(letter.reason)}</td><td class="num">${exactTime(letter.refusedAt, f.short(letter.refusedAt))}</td><td class="acts">${action({ label: m.actions.retry, glyph: 'retry', small: true, on: () => act(letter, 'retry', ctx) })} ${action({ label: m.job.remove, glyph: 'trash', small: true, on: () => act(letter, 'delete', ctx) })}</td></tr>`)}</tbody></table></div>` : empty({ glyph: 'check', title: m.health.noLetters })}</section>`;
}
