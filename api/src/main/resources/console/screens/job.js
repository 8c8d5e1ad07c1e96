// One job: why it waits, its attempts to scale, its log, its payload, and what can be done to it.
import { html, svg, nothing } from '../kit/html.js';
import { m } from '../messages/en.js';
import * as f from '../kit/format.js';
import * as api from '../kit/api.js';
import { icon, glyph, badge, ago, exactTime, facts, copyButton, copy, action, segments } from '../kit/parts.js';
import { parseExact, plain, write, writeCompact } from '../kit/json.js';
import { tree, visible, visibleText, isMasked } from '../kit/tree.js';
import { diffLines } from '../kit/diff.js';
import { ask, perform, toast } from '../kit/dialog.js';

export const title = data => data?.job ? data.job.type : m.labels.job;
export const crumb = () => ({ href: '/console/jobs', text: m.nav.jobs });
export const every = 2000;
export const topics = ['queues'];

const ENDED = ['completed', 'dead', 'ended', 'cancelled', 'expired', 'deleted'];
const RECENT = 'penstock.recent';

export function begin(ctx) {
  try {
    const all = JSON.parse(sessionStorage.getItem(RECENT) ?? '[]').filter(id => id !== ctx.params.id);
    sessionStorage.setItem(RECENT, JSON.stringify([ctx.params.id, ...all].slice(0, 8)));
  } catch {
    // Not remembered, then.
  }
}

export async function load(ctx) {
  const { id } = ctx.params;
  const options = { signal: ctx.signal };
  const text = await api.get(api.path`/api/jobs/${id}`, { ...options, text: true });
  const job = plain(parseExact(text), ['payload', 'result']);
  if (job.state === 'active' && !job.startedAt && job.worker) job.startedAt = await startOf(job, options);
  const quiet = ENDED.includes(job.state) && ctx.previous?.job.state === job.state;
  ctx.state.schedule ??= scheduleOf(id, options);
  const [waiting, history, log, progress, family, schedule] = await Promise.all([
    ENDED.includes(job.state) || job.state === 'active' ? null : api.aside(api.get(api.path`/api/jobs/${id}/waiting`, options)),
    quiet ? { entries: ctx.previous.history } : api.aside(historyOf(id, options)),
    quiet ? { lines: ctx.previous.log } : api.aside(api.get(api.path`/api/jobs/${id}/log`, options)),
    job.state !== 'active' ? null : api.aside(api.get(api.path`/api/jobs/${id}/progress`, options)),
    !job.parentId && !job.children ? null : api.aside(api.get(api.path`/api/jobs/${id}/family`, options)),
    ctx.state.schedule,
  ]);
  return { job, waiting, history: history?.entries ?? [], log: log?.lines ?? [], progress, family, schedule };
}

/** The worker that has it tells since when, if it is alive and this is among the jobs that it names. */
async function startOf(job, options) {
  const worker = await api.aside(api.get(api.path`/api/workers/${job.worker}`, options));
  const known = worker?.running?.find(each => each.id === job.id);
  return known ? new Date(Date.now() - known.runsForMs).toISOString() : undefined;
}

/** Jobs of a schedule are named after it and their instant, or the run that somebody asked for. */
async function scheduleOf(id, options) {
  const [, name] = /^([a-z0-9][a-z0-9-]{0,63})(?:-\d{10}|_run-\d+)$/.exec(id) ?? [];
  const found = name ? await api.aside(api.get(api.path`/api/tasks/${name}`, options)).catch(() => null) : null;
  return found?.data ?? null;
}

const historyOf = async (id, options) => plain(parseExact(await api.get(api.path`/api/history/${id}`, { ...options, text: true })), ['payload', 'result']);

/** What the queue has, or else what the history kept. */
const payloadOf = ({ job, history }) => job.payload ?? history.find(entry => entry.payload)?.payload;

// --- Actions ---------------------------------------------------------------------------------------

const can = {
  retry: job => job.state === 'dead',
  runNow: job => ['scheduled', 'retrying'].includes(job.state) || (job.state === 'waiting' && job.group),
  cancel: job => ['scheduled', 'awaiting_children', 'waiting', 'active', 'retrying'].includes(job.state),
  edit: job => Boolean(job.version) && job.state !== 'active' && ['scheduled', 'waiting', 'retrying', 'dead', 'awaiting_children'].includes(job.state),
  again: data => !can.edit(data.job) && Boolean(payloadOf(data)),
  remove: job => job.state !== 'active' && !['deleted', 'ended'].includes(job.state),
};

async function retry({ job }, ctx) {
  await perform(() => api.post(api.path`/api/jobs/${job.id}/retry`), m.job.retried);
  ctx.reload();
}

async function runNow({ job }, ctx) {
  await perform(() => api.post(api.path`/api/jobs/${job.id}/run-now`), m.job.madeReady);
  ctx.reload();
}

const about = job => html`<ul class="sample"><li><code class="clip">${visibleText(job.id)}</code><span>${badge(job.state, undefined, true)}</span></li></ul>`;

async function cancel({ job }, ctx) {
  const active = job.state === 'active';
  await ask({ title: m.job.cancelTitle, verb: m.job.cancelVerb, body: () => html`<p>${active ? m.job.cancelRunning : m.job.cancelWaiting}</p>${about(job)}`, act: async () => { await api.post(api.path`/api/jobs/${job.id}/cancel`); toast(active ? m.job.askedToStop : m.job.cancelled); } });
  ctx.reload();
}

async function remove({ job }, ctx) {
  const done = await ask({ title: m.job.deleteTitle, verb: m.job.deleteVerb, danger: true, confirm: 'delete', body: () => html`<p>${m.job.deleteText}</p>${about(job)}`, act: async () => { await api.del(api.path`/api/jobs/${job.id}`); toast(m.job.deleted); } });
  if (done) ctx.go('/console/jobs');
}

/** The payload as text to be edited, so that no digit is lost, and below it what is different from before. */
function payloadEditor(before, state, redraw) {
  state.text ??= before;
  const check = () => { try { parseExact(state.text); state.broken = null; } catch (error) { state.broken = error.message; } };
  const lines = state.broken ? [] : diffLines(before, write(parseExact(state.text)));
  const changed = lines.some(line => line.kind !== 'same');
  return html`<div class="field"><label for="edited">${m.job.payload}</label><textarea class="input mono" id="edited" spellcheck="false" rows="12" aria-invalid=${String(Boolean(state.broken))} .value=${state.text} @input=${event => { state.text = event.target.value; check(); redraw(); }}></textarea>${state.broken ? html`<small class="bad">${m.job.notJson(state.broken)}</small>` : nothing}</div>
    <div><p class="label">${changed ? m.job.difference : m.job.noDifference}</p>${changed ? html`<pre class="diff" tabindex="0">${shortened(lines).map(line => line.kind === 'del' ? html`<del>${visible(line.text)}</del>` : line.kind === 'ins' ? html`<ins>${visible(line.text)}</ins>` : html`<span>${visible(line.text)}</span>`)}</pre>` : nothing}</div>`;
}

const maskedNote = text => html`<p class="note" data-severity="notice">${icon('lock')}<span>${text}</span></p>`;

/** Sent as it was typed. A masked payload cannot be edited: the mask would take the place of the secret. */
async function edit({ job }, ctx) {
  const known = ctx.state.revealed ?? job.payload;
  const masked = known && isMasked(known);
  const before = known ? write(known) : '{}';
  const done = await ask({
    title: m.job.editTitle, wide: true, verb: state => state.requeue === false ? m.job.editVerb : m.job.editAndRequeue,
    footnote: m.job.editFootnote,
    ready: state => !state.broken && state.requeue !== undefined && (!masked && state.text !== before || state.requeue !== false),
    body: (state, redraw) => {
      state.requeue ??= true;
      state.text ??= before;
      return html`${masked ? maskedNote(m.job.maskedEdit) : payloadEditor(before, state, redraw)}
        <label class="row"><input type="checkbox" .checked=${state.requeue} @change=${event => { state.requeue = event.target.checked; redraw(); }}> ${m.job.requeue(job.state)}</label>`;
    },
    act: async state => {
      const payload = state.text === before ? '' : `"payload":${writeCompact(parseExact(state.text))},`;
      await api.put(api.path`/api/jobs/${job.id}`, `{${payload}"version":${JSON.stringify(job.version)},"requeue":${state.requeue}}`);
      toast(state.requeue ? m.job.requeued : m.job.edited);
    },
  });
  if (done) ctx.reload();
}

/** A job that runs or has ended stays as it is: a new one gets its payload, or another. */
async function again(data, ctx) {
  const { job } = data;
  const known = ctx.state.revealed ?? payloadOf(data);
  const masked = isMasked(known);
  const before = write(known);
  let made = null;
  await ask({
    title: m.job.againTitle, wide: true, verb: m.job.againVerb, footnote: m.job.againFootnote,
    ready: state => !masked && !state.broken,
    body: (state, redraw) => html`<p>${m.job.againText}</p>${masked ? maskedNote(m.job.maskedAgain) : payloadEditor(before, state, redraw)}`,
    act: async state => {
      made = await api.post(api.path`/api/jobs/${job.type}`, `{"payload":${writeCompact(parseExact(state.text))},"options":${JSON.stringify(optionsOf(job))}}`);
      return made;
    },
  });
  if (made) {
    toast(m.job.enqueuedAgain);
    ctx.go(api.path`/console/jobs/${made.jobId}`);
  }
}

/** Three lines around each change. */
function shortened(lines) {
  const near = lines.map((_, i) => lines.slice(Math.max(0, i - 2), i + 3).some(line => line.kind !== 'same'));
  return lines.flatMap((line, i) => near[i] ? [line] : near[i - 1] ? [{ kind: 'same', text: '…' }] : []);
}

const quoted = text => `'${text.replaceAll("'", "'\\''")}'`;

const optionsOf = job => ({ ...(job.priority !== undefined ? { priority: job.priority } : {}), ...(job.tenant ? { tenant: job.tenant } : {}), ...(job.group ? { group: job.group } : {}), ...(job.tags ? { tags: job.tags } : {}) });

/** What enqueues the same again. Secrets stay masked: the shell's variable stands for the key. */
export function curl(job, payload) {
  return `curl ${location.origin}/api/jobs/${encodeURIComponent(job.type)} \\\n  -H "Authorization: Bearer $PENSTOCK_KEY" \\\n  -H "Content-Type: application/json" \\\n  -d ${quoted(`{"payload":${payload ? writeCompact(payload) : '{}'},"options":${JSON.stringify(optionsOf(job))}}`)}`;
}

async function copyCurl(data) {
  const payload = payloadOf(data);
  await copy(curl(data.job, payload));
  toast(!payload ? m.job.curlEmpty : isMasked(payload) ? m.job.curlMasked : m.job.curlCopied);
}

async function reveal({ job }, ctx) {
  await ask({ title: m.job.revealTitle, verb: m.job.revealVerb, body: () => html`<p>${m.job.revealText}</p>`, act: async () => { const answer = await api.call('POST', api.path`/api/jobs/${job.id}/reveal`, { body: {}, text: true }); ctx.state.revealed = plain(parseExact(answer), ['payload']).payload; ctx.redraw(); } });
}

export const keys = { r: (data, ctx) => can.retry(data.job) && api.may('operator') ? retry(data, ctx) : null };

export const actions = (data, ctx) => [
  can.retry(data.job) && { text: m.job.retryNow, icon: 'retry', role: 'operator', run: () => retry(data, ctx) },
  can.runNow(data.job) && { text: m.job.runNow, icon: 'play', role: 'operator', run: () => runNow(data, ctx) },
  can.edit(data.job) && { text: m.job.edit, icon: 'edit', role: 'operator', run: () => edit(data, ctx) },
  can.cancel(data.job) && { text: m.job.cancel, icon: 'stop', role: 'operator', run: () => cancel(data, ctx) },
  can.remove(data.job) && { text: m.job.remove, icon: 'trash', role: 'operator', run: () => remove(data, ctx) },
  can.again(data) && { text: m.job.again, icon: 'plus', role: 'operator', run: () => again(data, ctx) },
  { text: m.job.copyCurl, icon: 'terminal', run: () => copyCurl(data) },
].filter(Boolean);

// --- Why it waits ------------------------------------------------------------------------------------

function gates({ waiting, job }) {
  if (!waiting?.waits || !waiting.gates?.length) return nothing;
  const shut = waiting.closed ?? waiting.gates.filter(gate => !gate.open).length;
  return html`<section class="card" aria-labelledby="why"><header><h2 id="why">${m.job.why}</h2><span class="muted small">${m.job.gatesShut(shut, waiting.gates.length)}</span></header><div class="body"><ol class="gates">${waiting.gates.map(gate => {
    const say = m.gates[gate.kind];
    return html`<li data-severity=${gate.open ? 'ok' : gate.kind === 'worker' || gate.kind === 'handler' ? 'critical' : 'warning'}>${icon(gate.open ? 'check' : gate.until ? 'schedules' : 'close')}<b>${say?.name ?? gate.kind}</b><span class=${gate.open ? 'pass' : ''}>${say?.text(gate, { ago: f.ago, clock: f.clock, count: f.count, link: id => html`<a class="mono" href=${api.path`/console/jobs/${id}`}>${visibleText(id)}</a>`, job }) ?? ''}</span></li>`;
  })}</ol></div></section>`;
}

// --- Attempts ----------------------------------------------------------------------------------------

/** What the history knows of each attempt, and what the queue knows of the one that runs or is due. The oldest first. */
function attemptsOf({ job, history }) {
  const known = [...history].filter(entry => entry.startedAt || entry.attempt > 0).reverse().map(entry => ({ n: entry.attempt, startedAt: entry.startedAt, endedAt: entry.endedAt, state: entry.state === 'failed' ? 'dead' : entry.state, last: entry.state, runMs: entry.runMs, worker: entry.worker, error: entry.error, kind: entry.failureKind, fingerprint: entry.fingerprint, shortened: entry.shortened }));
  const latest = known.at(-1)?.n ?? 0;
  if (job.state === 'active') known.push({ n: job.attempts, startedAt: job.startedAt, state: 'active', worker: job.worker });
  else if (job.attempts > latest && (job.error || job.state === 'completed')) known.push({ n: job.attempts, startedAt: job.startedAt, endedAt: job.finishedAt, state: job.state === 'completed' ? 'completed' : 'dead', worker: job.worker, error: job.error, kind: job.failureKind, runMs: job.finishedAt && job.startedAt ? new Date(job.finishedAt) - new Date(job.startedAt) : undefined });
  return known;
}

/** The life of the job to scale: waits, attempts, back-off, what is due. */
function life({ job }, attempts) {
  const begin = new Date(job.enqueuedAt ?? attempts[0]?.startedAt).getTime();
  const due = job.dueAt && !ENDED.includes(job.state) ? new Date(job.dueAt).getTime() : null;
  const end = ENDED.includes(job.state) ? new Date(job.finishedAt ?? attempts.at(-1)?.endedAt ?? begin).getTime() : Math.max(Date.now(), due ?? 0);
  if (!Number.isFinite(begin) || end - begin < 1 || (ENDED.includes(job.state) && !attempts.some(attempt => attempt.startedAt))) return nothing;
  if (attempts.length && !attempts.some(attempt => attempt.startedAt)) return nothing;
  const span = due ? (end - begin) * 1.12 : end - begin;
  const x = at => Math.min(100, Math.max(0, (at - begin) / span * 100));
  const pc = n => `${n.toFixed(2)}%`;
  const marks = [];
  let before = begin;
  let lastLabel = -100;
  attempts.forEach((attempt, i) => {
    if (!attempt.startedAt) return;
    const from = x(new Date(attempt.startedAt).getTime());
    const to = x(new Date(attempt.endedAt ?? Date.now()).getTime());
    if (i === 0) marks.push(svg`<rect class="wait" x="0" y="28" width=${pc(Math.max(0.2, from))} height="10"></rect>`);
    else if (from - before > 0.4) marks.push(svg`<line class="back" x1=${pc(before)} x2=${pc(from)} y1="33" y2="33"></line>`, from - before > 14 ? svg`<text x=${pc((before + from) / 2)} y="26" text-anchor="middle" class="roomy">${m.job.backoff(f.duration((from - before) / 100 * span))}</text>` : '');
    marks.push(svg`<rect class=${{ completed: 'f-completed', active: 'f-active', cancelled: 'f-cancelled', expired: 'f-cancelled' }[attempt.state] ?? 'f-dead'} x=${pc(Math.min(from, 99.4))} y="22" width=${pc(Math.max(0.6, to - from))} height="22" rx="2"></rect>`);
    if (from - lastLabel > 13 && from < 84) {
      marks.push(svg`<text x=${pc(from)} y="11" class="strong">${m.job.attempt(attempt.n)}</text><text x=${pc(from)} y="66">${f.clock(attempt.startedAt)}</text>`);
      lastLabel = from;
    }
    before = to;
  });
  if (!attempts.length) marks.push(svg`<rect class="wait" x="0" y="28" width=${pc(x(Math.min(end, Date.now())))} height="10"></rect><text x="0" y="66">${f.clock(begin)}</text>`);
  if (due) {
    marks.push(svg`<line class="back" x1=${pc(before === begin ? 0 : before)} x2=${pc(x(due))} y1="33" y2="33"></line><rect class="due" x=${pc(x(due))} y="22" width=${pc(Math.max(3, 99.8 - x(due)))} height="22" rx="2"></rect><text x="100%" y="11" text-anchor="end" class="strong">${m.job.attemptDue(job.attempts + 1)}</text>`);
    marks.push(x(due) < 88 ? svg`<text x=${pc(x(due))} y="66" class="roomy">${f.clock(due)}</text>` : svg`<text x="100%" y="66" text-anchor="end" class="roomy">${f.clock(due)}</text>`);
    if (before !== begin && x(due) - before > 14) marks.push(svg`<text x=${pc((before + x(due)) / 2)} y="26" text-anchor="middle" class="roomy">${m.job.backoff(f.duration((x(due) - before) / 100 * span))}</text>`);
  }
  if (!ENDED.includes(job.state)) {
    const now = x(Date.now());
    marks.push(svg`<line class="now" x1=${pc(now)} x2=${pc(now)} y1="18" y2="50"></line><text x=${pc(now)} y="66" text-anchor=${now > 60 ? 'end' : 'start'} class="strong">${m.job.now}</text>`);
  }
  return html`<div class="life"><svg class="plot" role="img" aria-label=${m.job.lifeLabel(attempts.length, f.duration(end - begin))}>${marks}</svg></div>`;
}

/** The stack: our own frames stand out, and frames of libraries in a row are one line. */
function stack(error) {
  const lines = error.split('\n');
  const parts = [];
  let hidden = 0;
  const flush = () => { if (hidden) { parts.push(html`<span class="lib">${m.job.libraryFrames(hidden)}\n</span>`); hidden = 0; } };
  for (const line of lines.slice(0, 200)) {
    const frame = /^\s*at\s/.test(line);
    if (frame && !/\bio\.penstock\./.test(line)) { hidden += 1; continue; }
    flush();
    parts.push(frame ? html`<span class="own">${visibleText(line.trim().replace(/^at /, '  '))}\n</span>` : html`${visible(line)}\n`);
  }
  flush();
  return html`<pre class="code wrap" tabindex="0">${parts}</pre>`;
}

function attemptRows(data, attempts) {
  const { job } = data;
  const lastFailed = attempts.findLastIndex(attempt => attempt.error);
  return html`<ol class="attempts">
    ${lastFailed < 0 && job.error && ENDED.includes(job.state) ? html`<li><div class="line1">${glyph(job.state)}<b>${m.states[job.state]}</b><span class="soft">${visibleText(f.firstLine(job.error))}</span>${exactTime(job.finishedAt)}</div></li>` : nothing}
    ${job.state === 'retrying' ? html`<li><div class="line1">${glyph('retrying')}<b>${m.job.attempt(job.attempts + 1)}</b><span class="soft">${m.job.dueIn(f.ago(job.dueAt))}</span>${exactTime(job.dueAt)}</div></li>` : nothing}
    ${attempts.map((attempt, i) => ({ attempt, i })).reverse().map(({ attempt, i }) => attempt.error ? html`<li><details ?open=${i === lastFailed}><summary>${glyph(attempt.state)}<b>${m.job.attempt(attempt.n)}</b><span class="err clip">${visibleText(f.firstLine(attempt.error))}</span><span class="nowrap">${attempt.runMs !== undefined ? html`<b>${f.duration(attempt.runMs)}</b> ` : nothing}<span class="muted">${attempt.worker ? html`${m.job.on} <code>${visibleText(attempt.worker.split('-')[0])}</code>, ` : nothing}${ago(attempt.startedAt ?? attempt.endedAt)}</span></span></summary><div class="in">${stack(attempt.error)}<p class="row small">${copyButton(attempt.error, m.job.copyError, { quiet: false, word: true })}${attempt.fingerprint ? html`<a class="btn s" href="/console/jobs${api.query({ fingerprint: attempt.fingerprint, state: 'dead' })}">${m.job.sameError}</a>` : nothing}${attempt.kind === 'timeout' ? html`<span class="tag">${m.job.timedOut}</span>` : nothing}${attempt.shortened ? html`<span class="muted">${m.job.shortened}</span>` : nothing}</p></div></details></li>`
      : html`<li><div class="line1">${glyph(attempt.state)}<b>${m.job.attempt(attempt.n)}</b><span class="soft">${attempt.state === 'active' && attempt.startedAt ? m.job.runningFor(f.duration(Date.now() - new Date(attempt.startedAt))) : m.states[attempt.state] ?? attempt.state}${attempt.worker ? html` ${m.job.on} <code>${visibleText(attempt.worker)}</code>` : nothing}</span><span class="nowrap">${attempt.runMs !== undefined ? html`<b>${f.duration(attempt.runMs)}</b> ` : nothing}${exactTime(attempt.startedAt ?? attempt.endedAt)}</span></div></li>`)}
    <li><div class="line1">${glyph('waiting')}<b>${m.job.enqueued}</b><span class="soft">${attempts[0]?.startedAt ? m.job.waited(f.duration(new Date(attempts[0].startedAt) - new Date(job.enqueuedAt))) : ''}</span>${exactTime(job.enqueuedAt)}</div></li></ol>`;
}

// --- Children ------------------------------------------------------------------------------------------

/** The jobs it waits for, or did. Those that have ended and are kept no longer are told as ended. */
function childrenCard({ job, family }) {
  if (!job.children) return nothing;
  const shown = family?.children ?? job.children.first.map(id => ({ id }));
  return html`<section class="card flush" aria-labelledby="children"><header><h2 id="children">${m.job.children(f.count(job.children.total))}</h2><span class="muted small">${shown.length < job.children.total ? m.job.firstChildren(shown.length) : ''}</span></header><div class="scroll"><table class="table flow"><thead><tr><th scope="col">${m.labels.job}</th><th scope="col">${m.labels.state}</th><th scope="col">${m.labels.type}</th><th scope="col">${m.labels.error}</th></tr></thead><tbody>${shown.map(child => html`<tr data-severity=${child.state === 'dead' ? 'critical' : nothing}><th scope="row"><a class="mono clip job-id" href=${api.path`/console/jobs/${child.id}`} title=${visibleText(child.id)}>${visibleText(child.id)}</a></th><td>${child.state ? badge(child.state, undefined, true) : nothing}</td><td class=${child.type ? '' : 'zero'} data-l=${m.labels.type}>${child.type ? html`<code>${visibleText(child.type)}</code>` : '–'}</td><td class="wide clip ${child.error ? '' : 'zero'}" title=${visibleText(f.firstLine(child.error ?? ''))}>${child.error ? visibleText(f.firstLine(child.error)) : '–'}</td></tr>`)}</tbody></table></div></section>`;
}

// --- Log, payload --------------------------------------------------------------------------------------

const LEVEL = /^\s*\[?(TRACE|DEBUG|INFO|WARN|WARNING|ERROR|FATAL|SEVERE)\]?[:\s]/;

function logCard({ log }, ctx) {
  if (!log.length) return nothing;
  const attempts = [...new Set(log.map(line => line.attempt))].sort((a, b) => a - b);
  const chosen = attempts.includes(ctx.state.logOf) ? ctx.state.logOf : attempts.at(-1);
  const lines = log.filter(line => line.attempt === chosen);
  return html`<section class="card flush" aria-labelledby="log"><header><h2 id="log">${m.job.log}</h2><span class="muted small">${m.job.logLines(chosen, lines.length)}</span><div class="row">${attempts.length > 1 ? segments(m.job.attemptWord, attempts.map(n => [n, String(n)]), chosen, n => { ctx.state.logOf = n; ctx.redraw(); }) : nothing}${copyButton(() => lines.map(line => `${line.at} ${line.text}`).join('\n'), m.actions.copy, { word: true })}</div></header>
    <ol class="log" tabindex="0" aria-label=${m.job.logLabel}>${lines.map(line => {
      const [, level] = LEVEL.exec(line.text) ?? [];
      return html`<li data-severity=${/ERROR|FATAL|SEVERE/.test(level) ? 'critical' : /WARN/.test(level) ? 'warning' : nothing}>${exactTime(line.at, f.clockMillis(line.at))}<span>${level ?? ''}</span><p>${visible(level ? line.text.replace(LEVEL, '') : line.text)}</p></li>`;
    })}</ol></section>`;
}

function valueCard(value, name, ctx, data) {
  if (!value) return nothing;
  const raw = ctx.state[`raw-${name}`];
  const text = writeCompact(value);
  const masked = name === 'payload' && isMasked(value);
  const shown = name === 'payload' && ctx.state.revealed ? ctx.state.revealed : value;
  return html`<section class="card" aria-labelledby=${name}><header><h2 id=${name}>${m.job[name]}</h2><span class="muted small">${f.bytes(new TextEncoder().encode(text).length)}</span><div class="row"><button class="btn s quiet" type="button" aria-pressed=${String(Boolean(raw))} @click=${() => { ctx.state[`raw-${name}`] = !raw; ctx.redraw(); }}>${m.job.raw}</button>${copyButton(() => write(value), m.job.copyMasked(name))}</div></header>
    <div class="body">${raw ? html`<pre class="code wrap" tabindex="0">${visible(text)}</pre>` : tree(shown, m.job[name])}
      ${masked ? html`<p class="row small muted">${m.job.onlyAdmin}${ctx.state.revealed ? nothing : action({ label: m.job.revealVerb, glyph: 'eye', role: 'admin', small: true, on: () => reveal(data, ctx) })}</p>` : nothing}</div></section>`;
}

const stateText = ({ job }) => job.state === 'retrying' ? m.job.retryingText(job.attempts, job.maxAttempts) : job.state === 'active' && job.startedAt ? m.job.activeText(f.duration(Date.now() - new Date(job.startedAt))) : job.state === 'dead' ? m.job.deadText(job.attempts) : m.states[job.state] ?? job.state;

export function draw(data, ctx) {
  const { job, progress } = data;
  const attempts = attemptsOf(data);
  return html`<div class="row"><h2 class="mono clip">${visibleText(job.id)}</h2>${copyButton(job.id, m.job.copyId)}${badge(job.state, stateText(data))}${job.cancellation ? html`<span class="tag">${m.job.cancellation[job.cancellation.status] ?? job.cancellation.status}</span>` : nothing}
      <div class="row push"><button class="btn" type="button" @click=${() => copyCurl(data)}>${icon('terminal')}${m.job.copyCurl}</button>
        ${can.edit(job) ? action({ label: m.job.edit, glyph: 'edit', on: () => edit(data, ctx) }) : nothing}
        ${can.again(data) ? action({ label: m.job.again, glyph: 'plus', on: () => again(data, ctx) }) : nothing}
        ${can.remove(job) ? action({ label: m.job.remove, glyph: 'trash', on: () => remove(data, ctx) }) : nothing}
        ${can.cancel(job) ? action({ label: m.job.cancel, glyph: 'stop', on: () => cancel(data, ctx) }) : nothing}
        ${can.runNow(job) ? action({ label: m.job.runNow, glyph: 'play', primary: true, on: () => runNow(data, ctx) }) : nothing}
        ${can.retry(job) ? action({ label: m.job.retryNow, glyph: 'retry', primary: true, on: () => retry(data, ctx) }) : nothing}</div></div>
    <div class="split wide"><div>
      ${gates(data)}
      ${progress && job.state === 'active' ? html`<section class="card" aria-labelledby="progress" data-state="active"><header><h2 id="progress">${m.job.progress}</h2><span class="muted small">${progress.message ? visibleText(progress.message) : ''}</span><p class="push">${progress.total ? m.job.doneOf(f.count(progress.done), f.count(progress.total)) : f.percent(progress.percent / 100)}</p></header><div class="body"><progress max="100" value=${progress.percent} aria-label=${m.job.progress}></progress></div></section>` : nothing}
      <section class="card flush" aria-labelledby="attempts"><header><h2 id="attempts">${m.job.attempts}</h2><span class="muted small">${m.job.attemptsOf(job.attempts, job.maxAttempts)}</span><span class="muted small push">${f.zone()}</span></header>${life(data, attempts)}${attemptRows(data, attempts)}</section>
      ${childrenCard(data)}
      ${logCard(data, ctx)}
    </div><div>
      <section class="card" aria-labelledby="details"><header><h2 id="details">${m.labels.details}</h2></header>${facts([
        [m.labels.type, html`<a href="/console/jobs${api.query({ type: job.type })}"><code>${visibleText(job.type)}</code></a>`],
        [m.labels.queue, html`<a href=${api.path`/console/queues/${job.queue}`}>${visibleText(job.queue)}</a>`],
        [m.labels.priority, job.priority],
        [m.labels.tenant, job.tenant && html`<a href="/console/jobs${api.query({ tenant: job.tenant })}">${visible(job.tenant)}</a>`],
        [m.labels.group, job.group && html`<a href="/console/jobs${api.query({ group: job.group })}">${visible(job.group)}</a>`],
        [m.labels.tags, job.tags && job.tags.map(tag => html`<span class="tag">${visible(tag)}</span> `)],
        [m.schedules.schedule, data.schedule && html`<a href=${api.path`/console/schedules/${data.schedule.id}`}>${visibleText(data.schedule.name)}</a>`],
        [m.job.parent, job.parentId && html`<a class="mono" href=${api.path`/console/jobs/${job.parentId}`}>${visibleText(job.parentId)}</a>${data.family?.parent ? html` ${badge(data.family.parent.state, undefined, true)}` : nothing}`],
        [m.labels.batch, job.batchId && html`<a class="mono" href=${api.path`/console/batches/${job.batchId}`}>${job.batchId}</a>`],
        [m.labels.worker, job.worker && html`<code>${visibleText(job.worker)}</code>`],
        [m.job.stalls, job.stalls ? m.job.lostWorker(job.stalls) : undefined],
        [m.job.due, job.dueAt && ago(job.dueAt)],
        [m.job.expires, job.expiresAt && ago(job.expiresAt)],
        [m.job.finished, job.finishedAt && ago(job.finishedAt)],
      ])}</section>
      ${valueCard(payloadOf(data), 'payload', ctx, data)}${valueCard(job.result, 'result', ctx, data)}
    </div></div>`;
}
