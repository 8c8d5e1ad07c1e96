// Cache tiers, what they miss, what the figures suggest; invalidation and warm-up.
import { html, nothing, repeat } from '../kit/html.js';
import { m } from '../messages/en.js';
import * as f from '../kit/format.js';
import * as api from '../kit/api.js';
import { icon, tile, meter, action, empty, note } from '../kit/parts.js';
import { visibleText } from '../kit/tree.js';
import { ask, perform, toast } from '../kit/dialog.js';

export const title = () => m.nav.cache;
export const every = 5000;

const LOW = 0.8;

export const load = ctx => api.get('/api/cache', { signal: ctx.signal });

async function invalidate(ctx, cache) {
  const done = await ask({
    title: m.cache.invalidateTitle, verb: m.cache.invalidateVerb, danger: true,
    ready: state => Boolean(state.text?.trim()), confirm: state => state.by !== 'tag' && /^[^*]*\*$/.test(state.text ?? '') && (state.text.match(/:/g) ?? []).length < 2 ? state.text.trim() : null,
    body: (state, redraw) => { state.by ??= 'pattern'; state.text ??= cache ? `${cache.prefix}*` : ''; return html`<fieldset class="row"><legend class="sr">${m.cache.by}</legend>${['pattern', 'tag'].map(by => html`<label class="row"><input type="radio" name="by" .checked=${state.by === by} @change=${() => { state.by = by; redraw(); }}> ${m.cache.byNames[by]}</label>`)}</fieldset><div class="field"><label for="what">${m.cache.byNames[state.by]}</label><input class="input mono" id="what" spellcheck="false" autocomplete="off" .value=${state.text} @input=${event => { state.text = event.target.value; redraw(); }}><small>${m.cache.byHints[state.by]}</small></div><p>${m.cache.invalidateText}</p>`; },
    act: async state => { const answer = await api.post('/api/cache/invalidate', { [state.by]: state.text.trim() }); toast(answer.jobId ? html`${m.cache.goesOn} <a href=${api.path`/console/jobs/${answer.jobId}`}>${m.labels.job}</a>` : answer.removed === null || answer.removed === undefined ? m.cache.invalidated : m.cache.removed(f.count(answer.removed))); },
  });
  if (done) ctx.reload();
}

async function warmUp(cache, ctx) {
  const answer = await perform(() => api.post('/api/cache/warm-up', { cache: cache.name }));
  if (answer) toast(html`${m.cache.warming(cache.name)} <a href=${api.path`/console/jobs/${answer.jobId}`}>${m.labels.job}</a>`);
  ctx.reload();
}

export const actions = (data, ctx) => [{ text: m.cache.invalidateTitle, icon: 'trash', role: 'operator', run: () => invalidate(ctx) }, ...data.caches.map(cache => ({ text: m.cache.warmNamed(cache.name), icon: 'cache', role: 'operator', run: () => warmUp(cache, ctx) }))];

export function draw(data, ctx) {
  const { caches, redis, recommendations, complete } = data;
  const hits = caches.reduce((sum, cache) => sum + cache.last24h.memoryHits + cache.last24h.redisHits, 0);
  const misses = caches.reduce((sum, cache) => sum + cache.last24h.loads, 0);
  const distribution = Object.entries(redis?.distribution ?? {}).sort((a, b) => b[1] - a[1]);
  return html`<div class="row"><span class="muted small">${m.cache.last24h}</span><div class="row push">${action({ label: m.cache.invalidateButton, glyph: 'trash', on: () => invalidate(ctx) })}</div></div>
    ${complete ? nothing : note('warning', m.cache.incomplete)}
    <div class="tiles">${tile({ label: m.cache.hitRate, value: hits + misses ? f.percent(hits / (hits + misses)) : '–', text: m.cache.reads(f.count(hits + misses)), bad: hits + misses > 100 && hits / (hits + misses) < LOW, severity: 'warning' })}
      ${tile({ label: m.cache.loads, value: f.count(misses), text: m.cache.loadFailures(f.count(caches.reduce((sum, cache) => sum + cache.last24h.loadFailures, 0))) })}
      ${redis ? html`${tile({ label: m.cache.memory, value: f.bytes(redis.usedBytes), text: redis.maxBytes ? m.cache.ofBound(f.percent(redis.usedBytes / redis.maxBytes), f.bytes(redis.maxBytes)) : m.cache.noBound, bad: redis.maxBytes && redis.usedBytes / redis.maxBytes > LOW, severity: 'warning' })}${tile({ label: m.cache.keys, value: f.count(redis.keys), text: m.cache.redisRate(f.percent(redis.hitRate)) })}${tile({ label: m.cache.evicted, value: f.count(redis.evicted), text: m.cache.sinceStart, bad: redis.evicted > 0, severity: 'warning' })}` : tile({ label: m.cache.redis, value: '–', text: m.cache.away, bad: true })}</div>
    ${recommendations.length ? html`<section class="card verdicts" aria-labelledby="advice"><header><h2 id="advice">${m.cache.recommendations(recommendations.length)}</h2></header>${recommendations.map(advice => html`<article class="verdict" data-severity="warning">${icon('v-warning', 'i v')}<p class="since"></p><div><h3><code>${visibleText(advice.subject)}</code>: ${visibleText(advice.figure)}</h3><p>${visibleText(advice.advice)}</p></div></article>`)}</section>` : nothing}
    <section class="card flush" aria-labelledby="caches"><header><h2 id="caches">${m.cache.caches}</h2></header>${caches.length ? html`<div class="scroll"><table class="table flow two"><thead><tr><th scope="col">${m.cache.cache}</th><th scope="col">${m.cache.tier}</th><th scope="col">${m.cache.hitRate}</th><th scope="col" class="num">${m.cache.memoryHits}</th><th scope="col" class="num">${m.cache.redisHits}</th><th scope="col" class="num">${m.cache.loads}</th><th scope="col" class="num">${m.cache.meanLoad}</th><th scope="col" class="num">${m.cache.lifetime}</th><th scope="col"><span class="sr">${m.labels.actions}</span></th></tr></thead><tbody>
      ${repeat(caches, cache => cache.name, cache => { const reads = cache.last24h.memoryHits + cache.last24h.redisHits + cache.last24h.loads; return html`<tr data-severity=${reads > 100 && cache.hitRate < LOW ? 'warning' : nothing}><th scope="row">${visibleText(cache.name)}<span class="sub"><code>${visibleText(cache.prefix)}</code> · ${m.cache.entries(f.count(cache.memoryEntries), f.count(cache.maxMemoryEntries))}</span></th><td data-l=${m.cache.tier}>${m.cache.tiers[cache.tier] ?? cache.tier}</td><td data-l=${m.cache.hitRate}>${reads ? html`<span class="pair">${meter(cache.hitRate, { cls: cache.hitRate < LOW ? 'f-retrying' : 'f-completed soft-fill' })}${f.percent(cache.hitRate)}</span>` : html`<span class="muted">${m.cache.noReads}</span>`}</td><td class="num" data-l=${m.cache.memoryHits}>${f.count(cache.last24h.memoryHits)}</td><td class="num" data-l=${m.cache.redisHits}>${f.count(cache.last24h.redisHits)}</td><td class="num" data-l=${m.cache.loads}>${f.count(cache.last24h.loads)}</td><td class="num" data-l=${m.cache.meanLoad}>${f.duration(cache.meanLoadMs)}</td><td class="num" data-l=${m.cache.lifetime}>${f.duration(cache.ttlSeconds * 1000)}</td><td class="acts">${action({ label: m.cache.invalidateButton, small: true, on: () => invalidate(ctx, cache) })} ${action({ label: m.cache.warm, small: true, on: () => warmUp(cache, ctx) })}</td></tr>`; })}</tbody></table></div>` : empty({ glyph: 'cache', title: m.cache.none, text: m.cache.noneText })}</section>
    <div class="split wide"><section class="card flush" aria-labelledby="missed"><header><h2 id="missed">${m.cache.missed}</h2></header>${caches.some(cache => Object.keys(cache.topMissed).length) ? html`<div class="scroll"><table class="table flow"><thead><tr><th scope="col">${m.cache.key}</th><th scope="col">${m.cache.cache}</th><th scope="col" class="num">${m.cache.misses}</th></tr></thead><tbody>${caches.flatMap(cache => Object.entries(cache.topMissed).map(([key, n]) => ({ key, n, cache: cache.name }))).sort((a, b) => b.n - a.n).slice(0, 20).map(row => html`<tr><th scope="row" class="wide"><code class="clip">${visibleText(row.key)}</code></th><td>${visibleText(row.cache)}</td><td class="num" data-l=${m.cache.misses}>${f.count(row.n)}</td></tr>`)}</tbody></table></div>` : empty({ glyph: 'check', title: m.cache.nothingMissed })}</section>
      <section class="card flush" aria-labelledby="distribution"><header><h2 id="distribution">${m.cache.distribution}</h2><span class="muted small">${redis ? m.cache.sampled(f.count(redis.sampled)) : ''}</span></header>${distribution.length ? html`<div class="scroll"><table class="table"><tbody>${distribution.map(([name, n]) => html`<tr><th scope="row"><code>${visibleText(name)}</code></th><td class="wide">${meter(n / redis.sampled)}</td><td class="num">${f.count(n)}</td></tr>`)}</tbody></table></div>` : empty({ glyph: 'cache', title: m.cache.noKeys })}</section></div>`;
}
