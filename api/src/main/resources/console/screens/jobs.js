// Jobs in any state. The filter's chips are the address; nothing is hidden behind a button.
import { html, nothing, repeat, live } from '../kit/html.js';
import { m } from '../messages/en.js';
import * as f from '../kit/format.js';
import * as api from '../kit/api.js';
import { icon, glyph, badge, ago, meter, spark, action, empty, copy, unavailable } from '../kit/parts.js';
import { visibleText } from '../kit/tree.js';
import { ask, toast } from '../kit/dialog.js';

export const title = () => m.nav.jobs;
export const every = 4000;
export const topics = ['queues'];

const TABS = ['', 'waiting', 'active', 'scheduled', 'retrying', 'awaiting_children', 'completed', 'dead', 'cancelled', 'expired'];
const FILTERS = ['state', 'queue', 'type', 'id', 'tenant', 'group', 'tag', 'fingerprint', 'error', 'text', 'from', 'to'];
const LIVE = ['waiting', 'active', 'scheduled', 'retrying', 'awaiting_children'];
const PAGE = 50;
/** Grouping errors costs more than a page of jobs. */
const GROUPS_EVERY_MS = 15000;
const VIEWS = 'penstock.views';

const filterOf = query => Object.fromEntries([...query].filter(([name]) => FILTERS.includes(name) || name.startsWith('payload.')));

/** "3h" back from now is how people say a time; the API wants the time itself. */
const BACK = { m: 60e3, h: 3600e3, d: 86400e3 };
const asTime = text => { const back = /^(\d+)([mhd])$/.exec(text ?? ''); return back ? new Date(Date.now() - back[1] * BACK[back[2]]).toISOString() : text; };

export const asQuery = filter => ({ ...filter, from: asTime(filter.from), to: asTime(filter.to) });

/** Another filter is another selection, and begins with its first page. */
export function moved(ctx) {
  Object.assign(ctx.state, { selected: new Map(), cursors: [], shown: null, fresh: 0, total: null });
}

export const begin = moved;

export async function load(ctx) {
  const filter = filterOf(ctx.query);
  const cursor = ctx.state.cursors.at(-1);
  const wanted = asQuery(filter);
  const quietly = ctx.reason === 'timer' || ctx.reason === 'event' || ctx.reason === 'visible';
  const [counts, page, groups, types] = await Promise.all([
    api.aside(api.get(`/api/jobs/counts${api.query({ queue: filter.queue })}`, { signal: ctx.signal })),
    api.get(`/api/jobs${api.query({ ...wanted, limit: PAGE, cursor })}`, { signal: ctx.signal }).catch(error => { if (error.status === 404) return null; throw error; }),
    quietly && ctx.previous && Date.now() - ctx.state.groupsAt < GROUPS_EVERY_MS ? ctx.previous.groups : filter.state === 'dead' || filter.state === 'failed' ? api.aside(api.get(`/api/jobs/errors${api.query({ state: filter.state, queue: filter.queue, type: filter.type, from: wanted.from, to: wanted.to, limit: 10 })}`, { signal: ctx.signal })) : null,
    ctx.state.types ?? api.aside(api.get('/api/job-types', { signal: ctx.signal })),
  ]);
  ctx.state.types = types;
  if (!quietly || groups !== ctx.previous?.groups) ctx.state.groupsAt = Date.now();
  if (!page) return { filter, counts, groups, page };
  // Nothing moves under the cursor: rows keep their place, new ones are announced and come on request.
  if (quietly && ctx.previous && ctx.state.shown) {
    const now = new Map(page.jobs.map(job => [job.id, job]));
    const shown = ctx.state.shown;
    ctx.state.fresh = page.jobs.filter(job => !shown.some(row => row.id === job.id)).length;
    const rows = shown.map(row => now.get(row.id) ?? { ...row, moved: !cursor && page.jobs.length < PAGE ? true : row.moved });
    ctx.state.shown = rows;
    return { filter, counts, groups, page: { ...page, jobs: rows, total: page.total ?? ctx.previous.page.total, nextCursor: ctx.previous.page.nextCursor } };
  }
  ctx.state.shown = page.jobs;
  ctx.state.fresh = 0;
  if (page.total) ctx.state.total = page.total;
  return { filter, counts, groups, page: { ...page, total: page.total ?? ctx.state.total } };
}

export const estimate = n => n === undefined || n === null ? '' : (n.atLeast ? '≥ ' : n.about ? '≈ ' : '') + f.count(n.count);

// --- The filter ------------------------------------------------------------------------------------

/** What stands before the colon, and what it may be followed by. */
function suggestions(text, data, ctx) {
  const [, key, rest] = /^([a-zA-Z_.]+):(.*)$/.exec(text) ?? [];
  if (!key) {
    const keys = [...FILTERS.filter(name => !(name in data.filter)), 'payload.'];
    const found = keys.filter(name => name.startsWith(text.toLowerCase())).map(name => ({ text: name === 'payload.' ? 'payload.<path>=' : `${name}:`, hint: m.jobs.filters[name] ?? '', put: name === 'payload.' ? 'payload.' : `${name}:` }));
    return text.trim().length >= 3 ? [...found, { text: m.jobs.searchText(text.trim()), hint: m.jobs.filters.text, set: { text: text.trim() } }, { text: m.jobs.openId(text.trim()), hint: '', go: text.trim() }] : found;
  }
  const values = {
    state: TABS.slice(1), queue: [...new Set((ctx.state.types?.jobTypes ?? []).map(type => type.queue))].sort(),
    type: (ctx.state.types?.jobTypes ?? []).map(type => type.name), from: ['15m', '1h', '3h', '24h', '7d'],
  }[key] ?? [];
  const typed = rest.trim().toLowerCase();
  const found = values.filter(value => value.toLowerCase().includes(typed)).slice(0, 12).map(value => ({ text: value, hint: m.jobs.filters[key] ?? '', set: { [key]: value } }));
  return rest.trim() && !values.includes(rest.trim()) && key !== 'state' ? [...found, { text: rest.trim(), hint: m.jobs.filters[key] ?? key, set: { [key]: rest.trim() } }] : found;
}

function typedFilter(text) {
  const payload = /^(payload\.[^=\s]+)=(.*)$/.exec(text.trim());
  if (payload) return { [payload[1]]: payload[2] };
  const [, key, value] = /^([a-z_]+):\s*(.+)$/.exec(text.trim()) ?? [];
  if (key && FILTERS.includes(key)) return { [key]: value };
  return text.trim().length >= 3 ? { text: text.trim() } : null;
}

function filterBar(data, ctx) {
  const state = ctx.state;
  const chips = Object.entries(data.filter);
  const typed = state.typed ?? '';
  const offered = state.open ? suggestions(typed, data, ctx) : [];
  const set = changes => { state.typed = ''; state.open = false; state.chosen = 0; ctx.setQuery({ ...changes, cursor: null }); };
  const take = entry => { if (entry.go) ctx.go(api.path`/console/jobs/${entry.go}`); else if (entry.set) set(entry.set); else { state.typed = entry.put; state.chosen = -1; ctx.redraw(); } };
  const onKey = event => {
    if (event.key === 'Backspace' && !typed && chips.length) set({ [chips.at(-1)[0]]: null });
    else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') { event.preventDefault(); const n = Math.max(1, offered.length); state.chosen = ((state.chosen ?? -1) + (event.key === 'ArrowDown' ? 1 : n - 1) + n) % n; ctx.redraw(); }
    else if (event.key === 'Enter') { event.preventDefault(); const entry = offered[state.chosen ?? -1]; const own = typedFilter(typed); if (entry) take(entry); else if (own) set(own); }
    else if (event.key === 'Escape') { state.open = false; ctx.redraw(); }
  };
  return html`<div class="anchor"><div class="filter" role="search">${icon('search')}${chips.map(([name, value]) => html`<span class="chip"><span>${m.jobs.chips[name] ?? name}</span><b>${name === 'state' ? glyph(value) : nothing}${name === 'from' && BACK[value.at(-1)] ? m.jobs.last(value) : visibleText(value)}</b><button type="button" aria-label=${m.jobs.removeFilter(name)} @click=${() => set({ [name]: null })}>${icon('close')}</button></span>`)}
      <input role="combobox" aria-expanded=${String(offered.length > 0)} aria-controls="filter-list" aria-autocomplete="list" aria-activedescendant=${state.chosen >= 0 && offered.length ? `filter-${state.chosen}` : nothing} aria-label=${m.jobs.addFilter} placeholder=${m.jobs.placeholder} spellcheck="false" autocomplete="off" .value=${live(typed)} @focus=${() => { state.open = true; state.chosen = -1; ctx.redraw(); }} @blur=${() => setTimeout(() => { state.open = false; ctx.redraw(); }, 150)} @input=${event => { state.typed = event.target.value; state.open = true; state.chosen = -1; ctx.redraw(); }} @keydown=${onKey}>
      <button class="btn s quiet" type="button" aria-label=${m.jobs.saveView} @click=${() => saveView(ctx)} ?disabled=${!chips.length}>${icon('bookmark')}<span class="desk-only">${m.jobs.saveView}</span></button>
      <button class="btn s quiet icon desk-only" type="button" aria-label=${m.jobs.copyLink} title=${m.jobs.copyLink} @click=${async () => { await copy(location.href); toast(m.jobs.linkCopied); }}>${icon('link')}</button></div>
    <ul class="popup" id="filter-list" role="listbox" aria-label=${m.jobs.suggestions} ?hidden=${!offered.length}>${offered.map((entry, i) => html`<li role="option" id="filter-${i}" aria-selected=${String(i === state.chosen)} @pointerdown=${event => { event.preventDefault(); take(entry); }}>${entry.text}<span>${entry.hint}</span></li>`)}</ul></div>`;
}

const views = () => { try { return JSON.parse(localStorage.getItem(VIEWS) ?? '[]'); } catch { return []; } };
const storeViews = all => { try { localStorage.setItem(VIEWS, JSON.stringify(all)); } catch { /* not kept */ } };
const STANDARD = () => [{ name: m.jobs.views.deadToday, query: '?state=dead&from=24h' }, { name: m.jobs.views.retrying, query: '?state=retrying' }, { name: m.jobs.views.longest, query: '?state=active' }];

async function saveView(ctx) {
  const query = location.search;
  await ask({
    title: m.jobs.saveView, verb: m.actions.save, ready: state => Boolean(state.name?.trim()),
    body: (state, redraw) => html`<div class="field"><label for="view">${m.jobs.viewName}</label><input class="input" id="view" maxlength="40" @input=${event => { state.name = event.target.value; redraw(); }}><small>${m.jobs.viewKept}</small></div>`,
    act: async state => storeViews([...views().filter(view => view.name !== state.name.trim()), { name: state.name.trim(), query }].slice(-12)),
  });
  ctx.redraw();
}

function savedViews(ctx) {
  return html`<div class="row small"><span class="muted desk-only">${m.jobs.saved}</span>${[...STANDARD(), ...views().map(view => ({ ...view, own: true }))].map(view => html`<a class="btn s quiet" href="/console/jobs${view.query}">${view.name}</a>${view.own ? html`<button class="btn s icon quiet" type="button" aria-label=${m.jobs.forgetView(view.name)} @click=${() => { storeViews(views().filter(each => each.name !== view.name)); ctx.redraw(); }}>${icon('close')}</button>` : nothing}`)}</div>`;
}

// --- Actions on many ---------------------------------------------------------------------------------

const ACTIONS = { retry: { states: ['dead'], glyph: 'retry' }, cancel: { states: ['waiting', 'active', 'scheduled', 'retrying', 'awaiting_children'], glyph: 'stop' }, 'run-now': { states: ['scheduled', 'retrying'], glyph: 'play' }, delete: { states: ['waiting', 'scheduled', 'retrying', 'dead', 'completed', 'cancelled', 'expired', 'awaiting_children'], glyph: 'trash' } };
const LARGE = 1000;

/** The filter as a bulk operation takes it; null where it cannot say the same: nothing may be hit that was not shown. */
export function bulkFilter(filter) {
  const { queue, state, type, tenant, group, tag, error, fingerprint, ...rest } = filter;
  if (Object.keys(rest).length) return null;
  return { ...(queue ? { queue } : { allQueues: true }), ...(state ? { states: [state] } : {}), ...(type ? { types: [type] } : {}), ...(tag ? { tags: [tag] } : {}), ...(tenant ? { tenant } : {}), ...(group ? { group } : {}), ...(error ? { errorContains: error } : {}), ...(fingerprint ? { fingerprint } : {}) };
}

const frozen = filter => html`<p class="row">${Object.entries(filter).map(([name, value]) => html`<span class="chip"><span>${m.jobs.chips[name] ?? name}</span><b>${name === 'state' ? glyph(value) : nothing}${visibleText(value)}</b>  </span>`)}</p>`;

const sample = (jobs, whole) => html`<div><p class="label">${m.jobs.sample(Math.min(5, jobs.length), whole, f.clock(Date.now()), f.zone())}</p><ul class="sample">${jobs.slice(0, 5).map(job => html`<li><code class="clip">${visibleText(job.id)}</code><span class="muted clip">${visibleText(job.tenant ?? job.type)}</span><span class="nowrap">${f.ago(job.at ?? job.enqueuedAt)}</span></li>`)}</ul></div>`;

/** Follows an operation until it ends, with a way to stop it. */
async function follow(id, ctx, what, matching) {
  await ask({
    title: m.bulk.running(what), verb: m.actions.close, footnote: m.bulk.background,
    act: async () => true,
    prepare: async state => { state.op = await api.get(api.path`/api/bulk-operations/${id}`); watch(state); },
    body: (state, redraw) => {
      state.redraw = redraw;
      const op = state.op;
      return op ? html`<p><span class="big">${f.count(op.done)}</span> ${m.bulk.done}</p>${matching ? html`<progress max=${matching} value=${op.state === 'completed' ? matching : Math.min(matching, op.done + op.skipped + op.failed)} aria-label=${m.bulk.running(what)}></progress>` : nothing}<p class="row small soft">${m.bulk.counts(f.count(op.examined), f.count(op.skipped), f.count(op.failed))} ${badge(op.state, m.bulk.states[op.state] ?? op.state)}</p>
        ${op.error ? html`<p class="note" data-severity="critical">${icon('v-critical')}<span>${visibleText(op.error)}</span></p>` : nothing}
        ${op.state === 'running' ? html`<p>${action({ label: m.bulk.abort, glyph: 'stop', on: async () => { state.op = await api.post(api.path`/api/bulk-operations/${id}/abort`).catch(() => state.op); redraw(); } })}</p>` : nothing}` : html`<p class="muted">${m.loading}</p>`;
    },
  });
  ctx.reload();

  function watch(state) {
    const step = async () => {
      if (!document.querySelector('dialog[open]') || state.op.state !== 'running') { if (state.op.state !== 'running') ctx.reload(); return; }
      state.op = await api.get(api.path`/api/bulk-operations/${id}`).catch(() => state.op);
      state.redraw?.();
      setTimeout(step, 700);
    };
    setTimeout(step, 300);
  }
}

/** All that match: counted first, confirmed by typing where it destroys or is large, done in the background. */
async function bulkAll(verb, data, ctx) {
  const body = bulkFilter(data.filter);
  let operation = null;
  let matching = 0;
  const confirmed = await ask({
    title: m.bulk.title[verb], danger: verb === 'delete',
    confirm: state => verb === 'delete' || (state.count?.matching ?? 0) > LARGE ? data.filter.queue ?? verb : null,
    footnote: m.bulk.footnote,
    prepare: async state => { state.count = await api.post('/api/bulk-operations', { action: verb, filter: body, dryRun: true }); matching = state.count.matching; },
    ready: state => state.count?.matching > 0,
    body: state => html`<p><span class="big">${state.count ? (state.count.lowerBound ? '≥ ' : '') + f.count(state.count.matching) : '…'}</span> ${m.bulk.consequence[verb]}</p>${frozen(data.filter)}${verb === 'retry' && data.filter.state === 'dead' ? recentDeaths(data) : nothing}${sample(data.page.jobs, state.count ? f.count(state.count.matching) : '…')}`,
    verb: state => m.bulk.verb[verb](state.count ? f.count(state.count.matching) : ''),
    act: async () => { operation = await api.post('/api/bulk-operations', { action: verb, filter: body }); return operation; },
  });
  if (confirmed) await follow(operation.id, ctx, m.bulk.title[verb], matching);
}

/** Says so where the same error still kills jobs. */
function recentDeaths(data) {
  const lately = (data.groups?.groups ?? []).reduce((sum, group) => sum + (group.lastHour?.at(-1) ?? 0), 0);
  return lately ? html`<p class="note" data-severity="warning">${icon('v-warning')}<span>${m.bulk.probablyAgain(f.count(lately))}</span></p>` : nothing;
}

export async function retryGroup(group, queue, ctx) {
  let operation = null;
  let matching = 0;
  const body = { ...(queue ? { queue } : {}), type: group.type };
  const path = api.path`/api/jobs/errors/${group.fingerprint}/retry`;
  const confirmed = await ask({
    title: m.bulk.groupTitle,
    confirm: state => (state.count?.matching ?? 0) > LARGE ? queue ?? group.type : null,
    footnote: m.bulk.footnote,
    prepare: async state => {
      const [count, page] = await Promise.all([api.post(path, { ...body, dryRun: true }), api.optional(api.get(`/api/jobs${api.query({ state: 'dead', fingerprint: group.fingerprint, queue, type: group.type, limit: 5 })}`))]);
      Object.assign(state, { count, page });
      matching = count.matching;
    },
    ready: state => state.count?.matching > 0,
    body: state => html`<p><span class="big">${state.count ? (state.count.lowerBound ? '≥ ' : '') + f.count(state.count.matching) : '…'}</span> ${m.bulk.consequence.retry}</p>${frozen({ state: 'dead', ...(queue ? { queue } : {}), type: group.type, error: f.firstLine(group.sample) })}
      ${group.lastHour?.at(-1) ? html`<p class="note" data-severity="warning">${icon('v-warning')}<span>${m.bulk.probablyAgain(f.count(group.lastHour.at(-1)))}</span></p>` : nothing}${state.page ? sample(state.page.jobs, f.count(state.count.matching)) : nothing}`,
    verb: state => m.bulk.verb.retry(state.count ? f.count(state.count.matching) : ''),
    act: async () => { operation = await api.post(path, body); return operation; },
  });
  if (confirmed) await follow(operation.id, ctx, m.bulk.groupTitle, matching);
}

const one = { retry: id => api.post(api.path`/api/jobs/${id}/retry`), cancel: id => api.post(api.path`/api/jobs/${id}/cancel`), 'run-now': id => api.post(api.path`/api/jobs/${id}/run-now`), delete: id => api.del(api.path`/api/jobs/${id}`) };
const AT_ONCE = 6;

/** The selected ones, one by one: at most a page. */
async function bulkSelected(verb, ctx) {
  const jobs = [...ctx.state.selected.values()];
  const problems = [];
  const done = await ask({
    title: m.bulk.selectedTitle[verb](jobs.length), danger: verb === 'delete', confirm: verb === 'delete' && jobs.length > 1 ? 'delete' : null,
    body: state => html`<p><span class="big">${jobs.length}</span> ${m.bulk.consequence[verb]}</p>${sample(jobs, f.count(jobs.length))}${state.busy ? html`<progress max=${jobs.length} value=${state.done ?? 0} aria-label=${m.loading}></progress>` : nothing}`,
    verb: m.bulk.verb[verb](f.count(jobs.length)),
    act: async state => {
      const left = [...jobs];
      state.done = 0;
      const run = async () => { while (left.length) { const job = left.shift(); try { await one[verb](job.id); } catch (error) { problems.push({ job, error }); } state.done += 1; } };
      await Promise.all(Array.from({ length: AT_ONCE }, run));
    },
  });
  if (!done) return;
  ctx.state.selected.clear();
  toast(problems.length ? m.bulk.someFailed(jobs.length - problems.length, problems.length, problems[0].error.message) : m.bulk.selectedDone[verb](f.count(jobs.length)));
  ctx.reload();
}

const fitting = (verb, jobs) => jobs.length > 0 && jobs.every(job => ACTIONS[verb].states.includes(job.state));

export const keys = {
  r: (data, ctx) => ctx.state.selected.size && fitting('retry', [...ctx.state.selected.values()]) ? bulkSelected('retry', ctx) : data.filter.state === 'dead' && bulkFilter(data.filter) && api.may('operator') ? bulkAll('retry', data, ctx) : null,
};

export const actions = (data, ctx) => data.page && bulkFilter(data.filter) && data.filter.state ? Object.keys(ACTIONS).filter(verb => ACTIONS[verb].states.includes(data.filter.state)).map(verb => ({ text: m.bulk.all[verb], icon: ACTIONS[verb].glyph, role: 'operator', run: () => bulkAll(verb, data, ctx) })) : [];

// --- Drawing ---------------------------------------------------------------------------------------

function tabs(data, ctx) {
  return html`<nav class="tabs" aria-label=${m.jobs.stateTabs}>${TABS.filter(state => state !== 'awaiting_children' || data.counts?.states?.awaiting_children?.count || data.filter.state === state).filter(state => state !== 'expired' || data.counts?.states?.expired?.count || data.filter.state === state).map(state => {
    const query = new URLSearchParams(ctx.query);
    state ? query.set('state', state) : query.delete('state');
    const text = query.toString();
    return html`<a href="/console/jobs${text ? `?${text}` : ''}" aria-current=${(data.filter.state ?? '') === state ? 'page' : nothing}>${state ? glyph(state) : nothing}${state ? m.states[state] : m.jobs.all} ${data.counts?.states?.[state] ? html`<b>${estimate(data.counts.states[state])}</b>` : nothing}</a>`;
  })}</nav>`;
}

function errorGroups(data, ctx) {
  const groups = data.groups?.groups;
  if (!groups?.length) return nothing;
  return html`<section class="card flush" aria-labelledby="groups"><header><h2 id="groups">${m.jobs.groups(estimate(data.groups.total), groups.length, data.filter.state)}</h2><span class="muted small">${m.since(`${f.short(data.groups.from)} ${f.zone()}`)}</span></header>
    <div class="scroll"><table class="table flow two"><thead><tr><th scope="col">${m.labels.error}</th><th scope="col" class="num">${glyph('dead')}${m.states[data.filter.state] ?? m.states.dead}</th><th scope="col">${m.jobs.share}</th><th scope="col">${m.jobs.lastHour}</th><th scope="col" class="num">${m.jobs.first(f.zone())}</th><th scope="col" class="num">${m.jobs.lastSeen}</th><th scope="col"><span class="sr">${m.labels.actions}</span></th></tr></thead><tbody>
    ${groups.map(group => html`<tr><th scope="row" class="wide"><span class="clip"><a href="/console/jobs${api.query({ ...data.filter, fingerprint: group.fingerprint })}"><b>${visibleText(f.firstLine(group.sample))}</b></a></span><span class="sub clip"><code>${visibleText(group.type)}</code></span></th>
      <td class="num" data-l=${m.labels.dead}>${estimate(group.count)}</td><td class="desk"><span class="pair">${meter(group.share, { cls: 'f-dead' })}<span class="small muted">${f.percent(group.share)}</span></span></td><td>${spark(group.lastHour, { line: 'k-dead', area: 'f-dead' })}</td>
      <td class="num" data-l=${m.jobs.firstWord}><time datetime=${group.firstSeen} title=${f.exact(group.firstSeen)}>${f.short(group.firstSeen)}</time></td><td class="num" data-l=${m.jobs.lastSeen}>${ago(group.lastSeen)}</td>
      <td class="acts">${data.filter.state === 'dead' ? action({ label: m.bulk.retryGroup, glyph: 'retry', small: true, on: () => retryGroup(group, data.filter.queue, ctx) }) : nothing}</td></tr>`)}</tbody></table></div></section>`;
}

const TIME_HEADS = { waiting: 'waits', active: 'runs', scheduled: 'due', retrying: 'due', dead: 'died', awaiting_children: 'waits' };

function rowTime(job) {
  if (job.state === 'active') return job.startedAt ? html`<time datetime=${job.startedAt} title=${f.exact(job.startedAt)}>${f.duration(Date.now() - new Date(job.startedAt))}</time>` : ago(job.at);
  return ago(job.at ?? job.endedAt ?? job.enqueuedAt);
}

/** What all ids of the page begin with, up to a '~': it says the same in every row. */
function sharedPrefix(jobs) {
  if (jobs.length < 2) return '';
  let end = jobs[0].id.lastIndexOf('~') + 1;
  while (end > 0 && !jobs.every(job => job.id.startsWith(jobs[0].id.slice(0, end)))) end = jobs[0].id.lastIndexOf('~', end - 2) + 1;
  return jobs[0].id.slice(0, end);
}

function table(data, ctx) {
  const { jobs } = data.page;
  const prefix = sharedPrefix(jobs);
  const selected = ctx.state.selected;
  const mixed = !data.filter.state;
  const withErrors = jobs.some(job => job.error);
  const withTenants = jobs.some(job => job.tenant);
  const withWorkers = jobs.some(job => job.worker);
  const pick = (job, on) => { on ? selected.set(job.id, job) : selected.delete(job.id); ctx.redraw(); };
  const all = jobs.length > 0 && jobs.every(job => selected.has(job.id));
  return html`<table class="table flow under-bar"><thead><tr><th scope="col" class="pick"><input type="checkbox" aria-label=${m.jobs.selectAll} .checked=${live(all)} @change=${event => { jobs.forEach(job => event.target.checked ? selected.set(job.id, job) : selected.delete(job.id)); ctx.redraw(); }}></th><th scope="col">${m.labels.job}</th>${mixed ? html`<th scope="col">${m.labels.state}</th>` : nothing}<th scope="col">${withErrors ? m.labels.error : m.labels.type}</th>${withTenants ? html`<th scope="col">${m.labels.tenant}</th>` : nothing}<th scope="col" class="num">${m.labels.attempts}</th>${withWorkers ? html`<th scope="col">${m.labels.worker}</th>` : nothing}<th scope="col" class="num">${m.jobs.times[TIME_HEADS[data.filter.state] ?? 'when']}</th></tr></thead>
    <tbody>${repeat(jobs, job => `${job.id} ${job.endedAt ?? ''}`, job => html`<tr aria-selected=${String(selected.has(job.id))} class=${job.moved ? 'zero' : ''}><td class="pick"><input type="checkbox" aria-label=${m.jobs.select(job.id)} .checked=${live(selected.has(job.id))} @change=${event => pick(job, event.target.checked)}></td>
      <th scope="row"><a class="mono clip job-id" href=${api.path`/console/jobs/${job.id}`} title=${visibleText(job.id)}>${visibleText(job.id.slice(prefix.length))}</a></th>${mixed ? html`<td>${badge(job.state, undefined, true)}</td>` : nothing}
      <td class="wide clip lead" title=${visibleText(f.firstLine(job.error ?? job.type))}>${job.error ? html`${visibleText(f.firstLine(job.error))} <code class="muted">${visibleText(job.type)}</code>` : html`<code>${visibleText(job.type)}</code>`}</td>
      ${withTenants ? html`<td class="clip" data-l=${m.labels.tenant}>${visibleText(job.tenant ?? '')}</td>` : nothing}<td class="num desk" data-l=${m.labels.attempts}>${job.attempts} <span class="u">${m.of(job.maxAttempts)}</span></td>${withWorkers ? html`<td class="mono small desk" data-l=${m.labels.worker} title=${job.worker ?? nothing}>${visibleText((job.worker ?? '').split('-')[0])}</td>` : nothing}
      <td class="num" data-l=${m.jobs.times[TIME_HEADS[data.filter.state] ?? 'when']}>${rowTime(job)}</td></tr>`)}</tbody></table>`;
}

function bulkBar(data, ctx) {
  const jobs = [...ctx.state.selected.values()];
  if (!jobs.length) return nothing;
  const matchable = bulkFilter(data.filter) && data.filter.state;
  return html`<div class="bulk" role="toolbar" aria-label=${m.jobs.selectedJobs}><span><b>${jobs.length}</b> ${m.jobs.selectedWord}</span>
    ${Object.keys(ACTIONS).filter(verb => fitting(verb, jobs)).map((verb, i) => action({ label: m.bulk.button[verb], glyph: ACTIONS[verb].glyph, small: true, primary: i === 0, on: () => bulkSelected(verb, ctx) }))}
    <button class="btn s" type="button" @click=${async () => { await copy(jobs.map(job => job.id).join('\n')); toast(m.jobs.idsCopied(jobs.length)); }}>${icon('copy')}<span class="desk-only">${m.jobs.copyIds}</span></button>
    ${matchable ? html`<span class="sep"></span>${Object.keys(ACTIONS).filter(verb => ACTIONS[verb].states.includes(data.filter.state) && fitting(verb, jobs)).slice(0, 1).map(verb => html`<button class="btn s quiet" type="button" ?disabled=${!api.may('operator')} @click=${() => bulkAll(verb, data, ctx)}>${m.bulk.instead[verb](estimate(data.page.total))}</button>`)}` : nothing}
    <button class="btn s icon quiet" type="button" aria-label=${m.jobs.clearSelection} @click=${() => { ctx.state.selected.clear(); ctx.redraw(); }}>${icon('close')}</button></div>`;
}

export function draw(data, ctx) {
  const { page, filter } = data;
  if (!page) return html`<section class="card">${unavailable(m.jobs.unavailable)}</section>`;
  const at = ctx.state.cursors.length;
  const page1 = () => { ctx.state.cursors = []; ctx.state.shown = null; ctx.reload(); };
  return html`${tabs(data, ctx)}${filterBar(data, ctx)}
    ${errorGroups(data, ctx)}
    <section class="card" aria-labelledby="jobs"><header><h2 id="jobs">${m.nav.jobs}</h2><span class="muted small">${page.total ? m.jobs.range(page.jobs.length ? at * PAGE + 1 : 0, at * PAGE + page.jobs.length, estimate(page.total)) : ''}${page.complete === false ? ` ${m.jobs.incomplete(f.count(page.examined))}` : ''}</span>
      <div class="row">${savedViews(ctx)}${ctx.state.fresh && !at ? html`<button class="btn s" type="button" @click=${page1}>${m.jobs.fresh(ctx.state.fresh)}</button>` : nothing}
        ${matchAll(data, ctx)}
        <button class="btn s" type="button" ?disabled=${!at} @click=${() => { ctx.state.cursors.pop(); ctx.state.shown = null; ctx.reload(); }}>${m.jobs.newer}</button><button class="btn s" type="button" ?disabled=${!page.nextCursor} @click=${() => { ctx.state.cursors.push(page.nextCursor); ctx.state.shown = null; ctx.reload(); }}>${m.jobs.older}</button></div></header>
      ${page.jobs.length ? table(data, ctx) : empty({ glyph: 'jobs', title: m.jobs.none, text: Object.keys(filter).length ? m.jobs.noneFilter : m.jobs.noneAtAll, act: Object.keys(filter).length ? html`<p class="row">${Object.keys(filter).map(name => html`<button class="btn s" type="button" @click=${() => ctx.setQuery({ [name]: null })}>${m.jobs.drop(m.jobs.chips[name] ?? name)}</button>`)}</p>` : nothing })}</section>
    ${bulkBar(data, ctx)}`;
}

/** The action for all that match stands where the filter says clearly what is meant. */
function matchAll(data, ctx) {
  if (!data.filter.state || !bulkFilter(data.filter) || !data.page.jobs.length) return nothing;
  const verb = Object.keys(ACTIONS).find(each => ACTIONS[each].states.includes(data.filter.state));
  return verb && LIVE.concat('dead').includes(data.filter.state) ? action({ label: m.bulk.allButton[verb], glyph: ACTIONS[verb].glyph, small: true, on: () => bulkAll(verb, data, ctx) }) : nothing;
}

