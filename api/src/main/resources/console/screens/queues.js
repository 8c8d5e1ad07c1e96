// All queues, worst first, and what can be done to one.
import { html, nothing, repeat } from '../kit/html.js';
import { m } from '../messages/en.js';
import * as f from '../kit/format.js';
import * as api from '../kit/api.js';
import { icon, badge, stateHead, meter, spark, zeroClass, action, empty } from '../kit/parts.js';
import { ask, perform, toast } from '../kit/dialog.js';

export const title = () => m.nav.queues;
export const every = 3000;
export const topics = ['queues', 'workers'];

/** The queues, each with what the overview adds to it: bound, workers, rates, the last hour. */
export async function load(ctx) {
  const [{ queues }, overview] = await Promise.all([
    api.get('/api/queues', { signal: ctx.signal }),
    api.optional(api.get('/api/overview', { signal: ctx.signal })),
  ]);
  return { queues: joined(queues, overview), overview };
}

export function joined(queues, overview) {
  const more = new Map((overview?.queues ?? []).map(queue => [queue.queue, queue]));
  const severities = new Map();
  for (const problem of overview?.problems ?? []) {
    if (!severities.has(problem.subject)) severities.set(problem.subject, problem.severity);
  }
  const all = queues.map(queue => ({ ...more.get(queue.queue), ...queue, severity: severities.get(queue.queue) }));
  const rank = queue => (queue.severity === 'critical' ? 4e15 : queue.severity === 'warning' ? 3e15 : 0) + (queue.paused ? -1e15 : 0) + (queue.boundMs ? queue.oldestWaitMs / queue.boundMs * 1e6 : queue.oldestWaitMs);
  return all.sort((a, b) => rank(b) - rank(a) || b.waiting - a.waiting || a.queue.localeCompare(b.queue));
}

export const href = queue => api.path`/console/queues/${queue}`;

/** The cells that the overview shows, too. */
export function cells(queue, { brief = false } = {}) {
  const { boundMs: bound, oldestWaitMs: oldest } = queue;
  const over = bound && oldest > bound && !queue.paused;
  const jobs = state => `/console/jobs${api.query({ queue: queue.queue, state })}`;
  const noWorker = queue.workers === 0 && queue.waiting > 0;
  return html`<th scope="row"><a href=${href(queue.queue)}>${queue.queue}</a>${queue.paused ? badge('paused') : nothing}</th>
    <td class="num ${zeroClass(queue.waiting)}" data-l=${m.labels.waiting}><a href=${jobs('waiting')}>${f.count(queue.waiting)}</a></td>
    <td class="num ${zeroClass(queue.active || noWorker)}" data-l=${m.labels.active}>${noWorker ? html`<a class="bad" data-severity="critical" href="/console/workers">${m.queues.noWorker}</a>` : html`<a href=${jobs('active')}>${f.count(queue.active)}</a>${queue.slots ? html` <span class="u">${m.of(f.count(queue.slots))}</span>` : nothing}`}</td>
    <td class="num ${zeroClass(queue.scheduled)}" data-l=${m.labels.scheduled}><a href=${jobs('scheduled')}>${f.count(queue.scheduled)}</a></td>
    ${brief ? nothing : html`<td class="num ${zeroClass(queue.completed)}" data-l=${m.labels.completed}>${f.count(queue.completed)}</td>`}
    <td class="num ${zeroClass(queue.dead)}" data-l=${m.labels.dead}><a href=${jobs('dead')}>${f.count(queue.dead)}</a></td>
    <td class="num ${zeroClass(oldest)}" data-l=${m.labels.oldest}><span class="pair">${oldest ? html`<span class=${over ? 'bad' : queue.paused ? 'muted' : ''} data-severity=${over ? queue.severity ?? 'critical' : nothing} title=${bound ? m.queues.bound(f.duration(bound)) : nothing}>${f.duration(oldest)}</span>` : html`<span>–</span>`}${bound && oldest && !queue.paused ? meter(oldest / bound, { label: m.queues.ofBound(f.percent(oldest / bound), f.duration(bound)), cls: over ? 'f-dead' : 'f-soft' }) : nothing}</span></td>
    ${queue.inPerSecond === undefined ? html`<td class="num zero">–</td><td class="num zero">–</td>` : html`<td class="num ${zeroClass(queue.inPerSecond)}" data-l=${m.labels.inRate}>${f.decimal(queue.inPerSecond)}</td>
    <td class="num ${zeroClass(queue.outPerSecond || (queue.waiting && queue.severity))}" data-l=${m.labels.outRate}>${!queue.outPerSecond && queue.waiting && queue.severity === 'critical' ? html`<b class="bad" data-severity="critical">0</b>` : f.decimal(queue.outPerSecond)}</td>`}
    <td class="desk">${spark(queue.waitingHour, { line: queue.severity === 'critical' ? 'k-dead' : 'k-soft' })}</td>`;
}

export const heads = ({ brief = false } = {}) => html`<th scope="col">${m.queues.queue}</th>${stateHead('waiting')}${stateHead('active')}${stateHead('scheduled')}${brief ? nothing : stateHead('completed')}${stateHead('dead')}<th scope="col" class="num">${m.queues.oldestOfBound}</th><th scope="col" class="num">${m.queues.inPerSecond}</th><th scope="col" class="num">${m.queues.outPerSecond}</th><th scope="col">${m.queues.waitingHour}</th>`;

// --- Actions ---------------------------------------------------------------------------------------

/** Pausing can be taken back, so it does not ask. */
export async function pauseOrResume(queue, ctx) {
  const verb = queue.paused ? 'resume' : 'pause';
  const back = queue.paused ? 'pause' : 'resume';
  const change = what => api.post(api.path`/api/queues/${queue.queue}/` + what);
  await perform(() => change(verb), after => queue.paused ? m.queues.resumed(queue.queue) : m.queues.pausedNow(queue.queue, after.waiting), async () => {
    await perform(() => change(back), queue.paused ? m.queues.pausedAgain(queue.queue) : m.queues.resumed(queue.queue));
    ctx.reload();
  });
  ctx.reload();
}

/** Clears in calls of at most 20,000 until nothing is left, and can be stopped between two. */
async function clear(state, path, body, redraw) {
  let gone = 0;
  for (;;) {
    const answer = await api.post(path, body);
    gone += answer.jobs;
    state.gone = gone;
    redraw();
    if (!answer.more || state.stopped) return gone;
  }
}

const DRAIN = ['waiting', 'waiting-and-delayed'];
const PURGE = ['dead', 'records', 'all'];

function clearing({ queue, ctx, what, choices, chosen, say, verb, role }) {
  let redraw = () => {};
  return ask({
    title: say.title(queue.queue),
    danger: true,
    confirm: queue.queue,
    footnote: say.footnote,
    body: (state, again) => {
      redraw = again;
      state.jobs ??= chosen;
      return html`<fieldset class="stack"><legend class="label">${say.which}</legend>${choices.map(choice => html`<label class="row"><input type="radio" name="jobs" .checked=${state.jobs === choice} ?disabled=${state.busy} @change=${() => { state.jobs = choice; again(); }}> <b>${say.choices[choice]}</b> <span class="muted small">${say.explain[choice](queue)}</span></label>`)}</fieldset>
        <p>${say.consequence[state.jobs]}</p>
        ${state.busy ? html`<p class="row" role="status">${m.queues.clearedSoFar(f.count(state.gone ?? 0))}<button class="btn s" type="button" @click=${() => { state.stopped = true; }}>${m.actions.stop}</button></p>` : nothing}`;
    },
    verb: state => verb(f.count(say.counts[state.jobs ?? chosen](queue))),
    act: async state => {
      const gone = await clear(state, api.path`/api/queues/${queue.queue}/` + what, { jobs: state.jobs }, redraw);
      toast(say.done(queue.queue, f.count(gone)));
      ctx.reload();
      return gone + 1;
    },
    role,
  });
}

export const drain = (queue, ctx) => clearing({ queue, ctx, what: 'drain', choices: DRAIN, chosen: 'waiting', say: m.queues.drain, verb: m.queues.drain.verb, role: 'operator' });
export const purge = (queue, ctx) => clearing({ queue, ctx, what: 'purge', choices: PURGE, chosen: 'dead', say: m.queues.purge, verb: m.queues.purge.verb, role: 'admin' });

async function pauseAll(data, ctx) {
  const running = data.queues.filter(queue => !queue.paused);
  await ask({
    title: m.queues.pauseAll.title,
    confirm: 'pause all',
    verb: m.queues.pauseAll.verb(running.length),
    body: () => html`<p><span class="big">${running.length}</span> ${m.queues.pauseAll.text}</p><ul class="sample">${running.slice(0, 8).map(queue => html`<li><code>${queue.queue}</code><span>${m.queues.waits(f.count(queue.waiting))}</span></li>`)}</ul>`,
    act: async () => {
      for (const queue of running) await api.post(api.path`/api/queues/${queue.queue}/pause`);
      toast(m.queues.pauseAll.done(running.length), async () => {
        for (const queue of running) await api.post(api.path`/api/queues/${queue.queue}/resume`);
        ctx.reload();
      });
      ctx.reload();
    },
  });
}

export const actions = (data, ctx) => [...(data.queues.length > 1 ? [{ text: m.queues.pauseAll.title, icon: 'pause', role: 'operator', run: () => pauseAll(data, ctx) }] : []), ...data.queues.flatMap(queue => [
  { text: queue.paused ? m.queues.resumeNamed(queue.queue) : m.queues.pauseNamed(queue.queue), icon: queue.paused ? 'play' : 'pause', role: 'operator', run: () => pauseOrResume(queue, ctx) },
  { text: m.queues.drain.title(queue.queue), icon: 'drain', role: 'operator', run: () => drain(queue, ctx) },
  { text: m.queues.purge.title(queue.queue), icon: 'trash', role: 'admin', run: () => purge(queue, ctx) },
])];

export function draw(data, ctx) {
  const named = (ctx.state.name ?? '').toLowerCase();
  const shown = data.queues.filter(queue => queue.queue.toLowerCase().includes(named));
  const paused = data.queues.filter(queue => queue.paused).length;
  const unserved = data.queues.filter(queue => queue.workers === 0).length;
  return html`<div class="row"><div class="filter" role="search">${icon('search')}<input aria-label=${m.queues.filter} placeholder=${m.queues.filter} .value=${ctx.state.name ?? ''} @input=${event => { ctx.state.name = event.target.value; ctx.redraw(); }}></div>
      <span class="muted small">${m.queues.summary(data.queues.length, paused, data.overview ? unserved : 0)}</span>
      <div class="row push">${action({ label: m.queues.pauseAll.button, glyph: 'pause', on: () => pauseAll(data, ctx), disabled: data.queues.every(queue => queue.paused) })}</div></div>
    <section class="card flush" aria-label=${m.nav.queues}>${shown.length ? html`<div class="scroll"><table class="table flow"><thead><tr>${heads()}<th scope="col" class="acts"><span class="sr">${m.labels.actions}</span></th></tr></thead><tbody>${repeat(shown, queue => queue.queue, queue => html`<tr data-severity=${queue.severity ?? nothing}>${cells(queue)}<td class="acts">${action({ label: queue.paused ? m.queues.resumeNamed(queue.queue) : m.queues.pauseNamed(queue.queue), glyph: queue.paused ? 'play' : 'pause', iconOnly: true, on: () => pauseOrResume(queue, ctx) })} ${action({ label: m.queues.drain.title(queue.queue), glyph: 'drain', iconOnly: true, on: () => drain(queue, ctx) })}</td></tr>`)}</tbody></table></div>`
      : empty({ glyph: 'queues', title: data.queues.length ? m.queues.noneNamed(named) : m.queues.none, act: named ? html`<button class="btn" type="button" @click=${() => { ctx.state.name = ''; ctx.redraw(); }}>${m.actions.dropFilter}</button>` : nothing })}</section>`;
}

