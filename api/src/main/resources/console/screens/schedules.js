// Schedules: next and last runs, history as a strip, editing with a preview of the next ten runs.
import { html, svg, nothing, repeat, live } from '../kit/html.js';
import { m } from '../messages/en.js';
import * as f from '../kit/format.js';
import * as api from '../kit/api.js';
import { icon, badge, ago, exactTime, action, empty, debounce, needs } from '../kit/parts.js';
import { ask, drawer, perform, toast, complain } from '../kit/dialog.js';
import { visibleText } from '../kit/tree.js';
import { parseExact, plain, writeCompact } from '../kit/json.js';

export const title = () => m.nav.schedules;
export const every = 5000;

const RUNS = 30;
const LATE_MS = 5000;
const MOST = 500;
const AT_ONCE = 6;
const NARROW_MS = 30000;
const MISFIRE = ['fire_once', 'fire_all', 'skip'];
const OVERLAP = ['allow', 'skip', 'queue'];

/** The schedules, and the runs of each; runs are asked for again only when there is a new one. */
export async function load(ctx) {
  const { data: tasks } = await api.get(`/api/tasks?limit=${MOST}`, { signal: ctx.signal });
  const runs = ctx.state.runs ??= new Map();
  const stale = tasks.filter(task => { const known = runs.get(task.id); return !known || known.count !== task.executionCount || known.failures !== task.failureCount || known.at < Date.now() - NARROW_MS && known.runs.some(run => run.status === 'running'); });
  const fetchOne = async () => {
    while (stale.length) {
      const task = stale.shift();
      const answer = await api.optional(api.get(api.path`/api/tasks/${task.id}/executions` + `?limit=${RUNS}`, { signal: ctx.signal }));
      runs.set(task.id, { count: task.executionCount, failures: task.failureCount, at: Date.now(), runs: answer?.data ?? [] });
    }
  };
  if (ctx.previous || stale.length <= 20) await Promise.all(Array.from({ length: AT_ONCE }, fetchOne));
  else Promise.all(Array.from({ length: AT_ONCE }, fetchOne)).then(ctx.redraw, () => {});
  const id = ctx.params.id;
  if (id && ctx.state.edited?.id !== id) {
    const task = tasks.find(each => each.id === id);
    if (task) startEditing(task, ctx);
  } else if (!id) ctx.state.edited = null;
  return { tasks, runs };
}

/** Height is the duration, fill the outcome, a dot a late start. The newest at the right. */
function strip(runs) {
  const shown = [...runs].slice(0, RUNS).reverse();
  const longest = Math.max(1, ...shown.map(run => run.executionTime ?? 0));
  const count = status => shown.filter(run => status.includes(run.status)).length;
  const late = shown.filter(run => run.lateness > LATE_MS).length;
  const width = 150 / RUNS;
  return html`<svg class="strip" viewBox="0 0 150 24" role="img" aria-label=${m.schedules.stripLabel(shown.length, count(['completed']), count(['failed', 'timeout']), count(['skipped']), late)}>${shown.map((run, i) => {
    const x = (RUNS - shown.length + i) * width;
    const height = run.status === 'skipped' ? 5 : Math.max(2.5, Math.sqrt((run.executionTime ?? 0) / longest) * 15);
    const failed = run.status === 'failed' || run.status === 'timeout';
    return svg`<rect class=${run.status === 'skipped' ? 'hollow' : failed ? 'f-dead' : run.status === 'running' ? 'f-active' : 'f-completed'} x=${x.toFixed(1)} y=${(24 - height).toFixed(1)} width="3.6" height=${height.toFixed(1)}><title>${m.schedules.runTitle(f.short(run.scheduledFor), m.schedules.runStates[run.status] ?? run.status, run.executionTime === null ? '' : f.duration(run.executionTime))}</title></rect>${failed ? svg`<path class="f-dead" d="M${(x + 0.3).toFixed(1)} ${(21 - height).toFixed(1)}h3v-1.5h-3z"></path>` : ''}${run.lateness > LATE_MS ? svg`<circle class="late" cx=${(x + 1.8).toFixed(1)} cy="2" r="1.5"></circle>` : ''}`;
  })}</svg>`;
}

const median = numbers => { const sorted = numbers.filter(n => n !== null && n !== undefined).sort((a, b) => a - b); return sorted.length ? sorted[Math.floor(sorted.length / 2)] : null; };

// --- Editing -----------------------------------------------------------------------------------------

/** What a schedule says of itself, in the order in which it is read. */
const FIELDS = ['name', 'description', 'cronExpression', 'timeZone', 'jobType', 'payload', 'queue', 'maxRetries', 'timeout', 'misfirePolicy', 'overlapPolicy'];
const sayField = (name, value) => value === null || value === undefined ? m.schedules.byDefault : name === 'payload' ? writeCompact(value) : name === 'timeout' ? f.duration(value) : m.schedules.misfires[value] && name === 'misfirePolicy' ? m.schedules.misfires[value] : m.schedules.overlaps[value] && name === 'overlapPolicy' ? m.schedules.overlaps[value] : String(value);

/** The lines in which two definitions differ: the first as it was or would be, the second as it is. */
function differences(before, after, names = FIELDS) {
  const differing = names.filter(name => sayField(name, before[name]) !== sayField(name, after[name]));
  return differing.length ? html`<pre class="diff" tabindex="0">${differing.map(name => html`<del>${m.schedules.fields[name]}: ${visibleText(sayField(name, before[name]))}</del><ins>${m.schedules.fields[name]}: ${visibleText(sayField(name, after[name]))}</ins>`)}</pre>` : nothing;
}

/** A schedule with its payload, and that of its declaration, digit for digit. */
const exactly = async (id, options) => plain(parseExact(await api.get(api.path`/api/tasks/${id}`, { ...options, text: true })), ['payload']).data;

async function compare(ctx) {
  const { edited } = ctx.state;
  const exact = await api.aside(exactly(edited.id, { signal: ctx.signal })).catch(() => null);
  if (ctx.state.edited === edited) { edited.exact = exact; ctx.redraw(); }
}

function startEditing(task, ctx) {
  ctx.state.edited = { id: task.id, task, draft: { cronExpression: task.cronExpression, timeZone: task.timeZone, misfirePolicy: task.misfirePolicy, overlapPolicy: task.overlapPolicy }, preview: null, error: null };
  preview(ctx);
  if (task.overridden) compare(ctx);
}

async function askPreview(ctx) {
  const edited = ctx.state.edited;
  if (!edited) return;
  const turn = edited.turn = (edited.turn ?? 0) + 1;
  try {
    const answer = await api.post('/api/tasks/preview', { cronExpression: edited.draft.cronExpression, timeZone: edited.draft.timeZone, count: 10 }, { signal: ctx.signal });
    if (edited.turn === turn) { edited.preview = answer.data ?? answer; edited.error = null; ctx.redraw(); }
  } catch (error) {
    if (error.name !== 'AbortError' && edited.turn === turn) { edited.error = error; ctx.redraw(); }
  }
}

const previewSoon = debounce(askPreview, 200);
const preview = ctx => { askPreview(ctx); };

const zonesOf = () => { try { return Intl.supportedValuesOf('timeZone'); } catch { return [f.zoneName(), 'UTC']; } };
const city = zone => zone.split('/').at(-1).replaceAll('_', ' ');

const offsetOf = local => { const found = /([+-])(\d\d):(\d\d)$/.exec(local); return !found ? 'UTC' : `UTC${found[1] === '-' ? '−' : '+'}${+found[2]}${found[3] === '00' ? '' : `:${found[3]}`}`; };
const LOCAL_DAY = new Intl.DateTimeFormat('en-GB', { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' });

/** A run's own day and clock, read from the text, so that the browser's zone cannot change them. */
const localDay = local => LOCAL_DAY.format(new Date(`${local.slice(0, 10)}T00:00:00Z`)).replace(',', '');
const localClock = local => { const [, hm, s] = /T(\d\d:\d\d)(?::(\d\d))?/.exec(local) ?? []; return s && s !== '00' ? `${hm}:${s}` : hm; };

function nextRuns(answer) {
  let before = null;
  return html`<div class="scroll" tabindex="0" role="group" aria-label=${m.schedules.next(answer.instants.length)}><table class="table"><thead><tr><th scope="col">${m.schedules.day}</th><th scope="col" class="num">${city(answer.timeZone)}</th><th scope="col" class="num">${m.schedules.you(city(f.zoneName()))}</th></tr></thead><tbody>${answer.instants.map(due => {
    const offset = offsetOf(String(due.local));
    const moved = before !== null && before !== offset;
    before = offset;
    return html`<tr data-severity=${moved ? 'warning' : nothing}><th scope="row">${localDay(String(due.local))}</th><td class="num">${moved ? html`<b class="bad">${localClock(String(due.local))}</b>` : localClock(String(due.local))} <span class="u">${offset}</span></td><td class="num">${f.clockMinute(due.utc)} <span class="u">${f.zone(due.utc)}</span></td></tr>`;
  })}</tbody></table></div>${answer.clockChanges ? html`<p class="note" data-severity=${answer.instants.some((due, i) => i && offsetOf(String(due.local)) !== offsetOf(String(answer.instants[i - 1].local))) ? 'warning' : 'notice'}>${icon('v-notice')}<span>${answer.clockChanges}</span></p>` : nothing}`;
}

/** All of a definition but its payload. */
const definition = (task, draft) => ({ name: task.name, description: task.description, jobType: task.jobType, queue: task.queue, maxRetries: task.maxRetries, timeout: task.timeout, ...draft, version: task.version });

async function save(ctx) {
  const { task, draft } = ctx.state.edited;
  const saved = await perform(async () => {
    // The payload goes back digit by digit, as the server has it.
    const { payload } = await exactly(task.id);
    return api.put(api.path`/api/tasks/${task.id}`, `${JSON.stringify(definition(task, draft)).slice(0, -1)},"payload":${writeCompact(payload)}}`);
  }, m.schedules.saved(task.name));
  if (saved) { ctx.state.edited = null; ctx.go('/console/schedules', { replace: true }); }
}

async function reset(task, ctx) {
  const done = await ask({ title: m.schedules.resetTitle(task.name), verb: m.schedules.resetVerb, prepare: async state => { state.exact = await exactly(task.id); }, body: state => html`<p>${m.schedules.resetText}</p>${state.exact?.declaration ? differences(state.exact, state.exact.declaration) : nothing}`, act: async () => { await api.post(api.path`/api/tasks/${task.id}/reset`); toast(m.schedules.resetDone(task.name)); } });
  if (done) { ctx.state.edited = null; ctx.go('/console/schedules', { replace: true }); }
}

async function runNow(task, ctx) {
  await ask({ title: m.schedules.runTitleNow(task.name), verb: m.schedules.runVerb, body: () => html`<p>${m.schedules.runText(html`<code>${visibleText(task.jobType)}</code>`)}</p>`, act: async () => {
    const answer = await api.post(api.path`/api/tasks/${task.id}/execute`);
    const job = answer?.data?.jobId;
    toast(html`${m.schedules.started(task.name)}${job ? html` <a href=${api.path`/console/jobs/${job}`}>${m.labels.job}</a>` : nothing}`);
  } });
  ctx.reload();
}

async function toggle(task, ctx, event) {
  event.preventDefault();
  const change = isActive => api.put(api.path`/api/tasks/${task.id}/toggle`, { isActive });
  try {
    await change(!task.isActive);
    toast(task.isActive ? m.schedules.offNow(task.name) : m.schedules.onNow(task.name), async () => { await perform(() => change(task.isActive)); ctx.reload(); });
  } catch (error) {
    complain(error);
  }
  ctx.reload();
}

function editor(ctx, runs) {
  const { edited } = ctx.state;
  const { task, draft, preview: answer, error } = edited;
  const set = (name, value) => { draft[name] = value; ctx.redraw(); if (name === 'cronExpression' || name === 'timeZone') previewSoon(ctx); };
  const changed = Object.keys(draft).some(name => draft[name] !== task[name]);
  const close = () => { ctx.state.edited = null; ctx.go('/console/schedules', { replace: true }); };
  const last = runs.get(task.id)?.runs ?? [];
  const admin = api.may('admin');
  return drawer({
    title: task.name, tag: task.overridden ? m.schedules.overridden : null, onClose: close,
    body: html`<div class="two-up"><div class="field"><label for="cron">${m.schedules.expression}</label><input class="input mono" id="cron" spellcheck="false" aria-describedby="say" ?disabled=${!admin} aria-invalid=${String(Boolean(error))} .value=${live(draft.cronExpression)} @input=${event => set('cronExpression', event.target.value)}></div>
        <div class="field"><label for="zone">${m.schedules.zone}</label><input class="input" id="zone" list="zones" ?disabled=${!admin} .value=${live(draft.timeZone)} @input=${event => set('timeZone', event.target.value)}><datalist id="zones">${zonesOf().map(zone => html`<option value=${zone}></option>`)}</datalist></div></div>
      <p class="say" id="say" role="status">${error ? html`<span class="error-text">${error.message}</span>` : answer ? `${answer.description}, ${m.schedules.cityTime(city(answer.timeZone))}` : m.loading}</p>
      ${answer ? html`<section class="stack" aria-labelledby="next"><h3 id="next">${m.schedules.next(answer.instants.length)}</h3>${nextRuns(answer)}</section>` : nothing}
      <div class="two-up"><div class="field"><label for="misfire">${m.schedules.misfire}</label><select class="input" id="misfire" ?disabled=${!admin} @change=${event => set('misfirePolicy', event.target.value)}>${MISFIRE.map(policy => html`<option value=${policy} .selected=${draft.misfirePolicy === policy}>${m.schedules.misfires[policy]}</option>`)}</select></div>
        <div class="field"><label for="overlap">${m.schedules.overlap}</label><select class="input" id="overlap" ?disabled=${!admin} @change=${event => set('overlapPolicy', event.target.value)}>${OVERLAP.map(policy => html`<option value=${policy} .selected=${draft.overlapPolicy === policy}>${m.schedules.overlaps[policy]}</option>`)}</select></div></div>
      ${changed ? html`<section class="stack" aria-labelledby="differs"><h3 id="differs">${m.schedules.differs}</h3>${differences(task, draft, Object.keys(draft))}</section>` : nothing}
      ${edited.exact?.declaration ? html`<section class="stack" aria-labelledby="overrides"><h3 id="overrides">${m.schedules.overrides}</h3>${differences(edited.exact.declaration, edited.exact)}<p class="small muted">${m.schedules.overridesHint}</p></section>` : nothing}
      ${last.length ? html`<section class="stack" aria-labelledby="runs"><h3 id="runs">${m.schedules.lastRuns}</h3><div class="scroll"><table class="table"><thead><tr><th scope="col">${m.schedules.dueAt(f.zone())}</th><th scope="col">${m.labels.state}</th><th scope="col" class="num">${m.schedules.took}</th><th scope="col" class="num">${m.schedules.late}</th></tr></thead><tbody>${last.slice(0, 10).map(run => html`<tr><th scope="row">${run.jobId ? html`<a href=${api.path`/console/jobs/${run.jobId}`}>${exactTime(run.scheduledFor, f.short(run.scheduledFor))}</a>` : exactTime(run.scheduledFor, f.short(run.scheduledFor))}</th><td title=${visibleText(run.error ?? '')}>${badge(run.status, m.schedules.runStates[run.status], true)}</td><td class="num">${run.executionTime === null || run.executionTime === undefined ? '–' : f.duration(run.executionTime)}</td><td class="num">${run.lateness === null || run.lateness === undefined ? '–' : f.duration(run.lateness)}</td></tr>`)}</tbody></table></div></section>` : nothing}`,
    footer: html`${action({ label: m.schedules.runNow, glyph: 'play', role: 'admin', on: () => runNow(task, ctx) })}${task.overridden ? html`<button class="btn quiet" type="button" ?disabled=${!admin} @click=${() => reset(task, ctx)}>${m.schedules.back}</button>` : nothing}${needs('admin')}<button class="btn primary push" type="button" ?disabled=${!admin || !changed || error} @click=${() => save(ctx)}>${m.actions.save}</button>`,
  });
}

export const beside = (data, ctx) => ctx.state.edited && data ? editor(ctx, data.runs) : nothing;

export const actions = (data, ctx) => data.tasks.map(task => ({ text: m.schedules.runTitleNow(task.name), icon: 'play', role: 'admin', run: () => runNow(task, ctx) }));

export function draw(data, ctx) {
  const named = (ctx.state.name ?? '').toLowerCase();
  const shown = data.tasks.filter(task => [task.id, task.name, task.jobType, task.queue ?? ''].some(text => text.toLowerCase().includes(named)));
  const lastOf = task => data.runs.get(task.id)?.runs[0];
  const failing = data.tasks.filter(task => ['failed', 'timeout'].includes(lastOf(task)?.status) || task.error).length;
  return html`<div class="row"><div class="filter" role="search">${icon('search')}<input aria-label=${m.schedules.filter} placeholder=${m.schedules.filter} .value=${ctx.state.name ?? ''} @input=${event => { ctx.state.name = event.target.value; ctx.redraw(); }}></div><span class="muted small">${m.schedules.summary(data.tasks.length, failing, data.tasks.filter(task => !task.isActive || task.suspended).length)}</span>
      <div class="row push"><span class="badge plain small" data-state="retrying"><svg class="g" aria-hidden="true" viewBox="0 0 12 12"><circle class="f-retrying" cx="6" cy="6" r="2"></circle></svg>${m.schedules.startedLate}</span><span class="muted small">${m.schedules.height}</span></div></div>
    <section class="card" aria-label=${m.nav.schedules}>${shown.length ? html`<table class="table flow two under-bar"><thead><tr><th scope="col"><span class="sr">${m.schedules.on}</span></th><th scope="col">${m.schedules.schedule}</th><th scope="col">${m.schedules.nextWord}</th><th scope="col">${m.schedules.strip}</th><th scope="col">${m.schedules.last}</th><th scope="col" class="num roomy">p50</th><th scope="col" class="num roomy">${m.schedules.runs}</th><th scope="col" class="num roomy">${m.schedules.failed}</th><th scope="col" class="num roomy">${m.schedules.expression}</th></tr></thead><tbody>
      ${repeat(shown, task => task.id, task => {
        const known = data.runs.get(task.id);
        const last = lastOf(task);
        const bad = task.error || ['failed', 'timeout'].includes(last?.status);
        const p50 = known ? median(known.runs.map(run => run.executionTime)) : null;
        return html`<tr data-severity=${bad ? 'critical' : nothing} aria-selected=${String(ctx.state.edited?.id === task.id)}><td class="pick"><input class="switch" type="checkbox" role="switch" .checked=${live(task.isActive)} ?disabled=${!api.may('admin')} title=${api.may('admin') ? nothing : m.needsRole('admin')} aria-label=${task.isActive ? m.schedules.isOn(task.name) : m.schedules.isOff(task.name)} @click=${event => toggle(task, ctx, event)}></td>
          <th scope="row" class="wide"><a href=${api.path`/console/schedules/${task.id}`}>${task.name}</a>${task.overridden ? html`<span class="tag">${m.schedules.overridden}</span>` : nothing}${task.suspended ? html`<span class="tag">${m.schedules.suspended}</span>` : nothing}<span class="sub clip">${task.error ? html`<span class="error-text">${visibleText(task.error)}</span>` : task.schedule ?? task.cronExpression}</span></th>
          <td class="nowrap" data-l=${m.schedules.nextWord}>${!task.isActive || task.suspended ? html`<span class="muted">${m.schedules.off}</span>` : task.nextRun ? ago(task.nextRun) : html`<span class="muted">–</span>`}</td>
          <td>${known ? strip(known.runs) : html`<svg class="strip" viewBox="0 0 150 24" aria-hidden="true"></svg>`}</td>
          <td data-l=${m.schedules.last}>${last ? html`${badge(last.status, m.schedules.runStates[last.status] ?? last.status, true)}<span class="sub desk">${ago(last.startTime ?? last.scheduledFor)}</span>` : html`<span class="muted">${m.schedules.never}</span>`}</td>
          <td class="num roomy" data-l="p50">${p50 === null ? '–' : f.duration(p50)}</td><td class="num roomy" data-l=${m.schedules.runs}>${f.count(task.executionCount)}</td><td class="num roomy ${task.failureCount ? '' : 'zero'}" data-l=${m.schedules.failed}>${f.count(task.failureCount)}</td><td class="num roomy mono small muted desk">${task.cronExpression}</td></tr>`;
      })}</tbody></table>` : empty({ glyph: 'schedules', title: data.tasks.length ? m.schedules.noneNamed(named) : m.schedules.none, text: data.tasks.length ? undefined : m.schedules.noneText })}</section>`;
}
