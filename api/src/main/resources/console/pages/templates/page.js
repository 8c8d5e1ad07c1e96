// The templates' page: the tree of inheritance of one tenant, what a change of many would touch and meet before it is made, its
// progress, and the way back.
import { html, nothing, repeat } from '../../kit/html.js';
import * as f from '../../kit/format.js';
import * as api from '../../kit/api.js';
import { ago, badge, action, empty, icon, note, debounce } from '../../kit/parts.js';
import { ask, toast } from '../../kit/dialog.js';
import { visibleText } from '../../kit/tree.js';
import { words as w } from './words.js';

export const title = () => w.title;
export const every = 5000;

const PAGE = 50;
const LOOK = { draft: 'scheduled', active: 'completed', archived: 'cancelled', deprecated: 'dead' };
const LEVEL = { low: 'notice', medium: 'warning', high: 'warning', critical: 'critical' };
const NUMBERS = ['price', 'durationMinutes', 'minParticipants', 'maxParticipants'];
const CHOICES = { status: ['draft', 'active', 'archived', 'deprecated'], skillLevel: ['beginner', 'intermediate', 'advanced', 'expert'] };
const BASE = '/api/templates/bulk';

const selection = ctx => ctx.state.selected ??= new Map();

export async function load(ctx) {
  const tenant = ctx.query.get('tenant') ?? '';
  if (!tenant) {
    return { tenant };
  }
  if (ctx.state.tenant !== tenant) {
    Object.assign(ctx.state, { tenant, selected: new Map() });
  }
  const options = { signal: ctx.signal };
  const text = ctx.query.get('text');
  const [page, operations, backups] = await Promise.all([
    api.get(`${BASE}/tree${api.query({ tenant, text, parent: text ? null : ctx.params.id, after: ctx.query.get('after'), limit: PAGE })}`, options),
    api.get(`${BASE}/operations${api.query({ tenant })}`, options),
    api.get(`${BASE}/backups${api.query({ tenant, limit: PAGE })}`, options),
  ]);
  return { tenant, page, operations: operations.operations, backups: new Map(backups.backups.map(each => [each.batchId, each])) };
}

/** The value of a change as the API wants it. */
function valueOf({ field, value }) {
  if (value === '' && field !== 'status') return null;
  return NUMBERS.includes(field) ? Number(value) : value;
}

const changesOf = (state, chosen) => chosen.map(template => ({ id: template.id, expectedVersion: template.version, set: { [state.field]: valueOf(state) } }));

const percent = probability => f.percent(probability);

function foreseen({ impact, conflicts }) {
  return html`<h3>${w.impact}</h3>
    ${note(LEVEL[impact.risk], html`<strong>${w.risk[impact.risk]}</strong>${impact.reasons.length ? html`: ${impact.reasons.join(', ')}` : nothing}`)}
    <p class="row">${[[w.templates, f.count(impact.templates)], [w.below, f.count(impact.descendants)], [w.courses, f.count(impact.courses)], [w.schedules, f.count(impact.schedules)], [w.recovery, f.duration(impact.recoverySeconds * 1000)]].map(([label, value]) => html`<span><span class="muted small">${label}</span> <strong>${value}</strong></span>`)}</p>
    <h3>${w.conflicts}</h3>
    ${conflicts.length ? html`<ul class="sample">${conflicts.map(each => html`<li><strong>${percent(each.probability)}</strong> <span class="told">${visibleText(each.what)}<span class="sub">${each.mitigation}</span></span></li>`)}</ul>` : html`<p class="muted">${w.noConflicts}</p>`}`;
}

async function lookAhead(state, redraw, tenant, chosen) {
  state.looking = true;
  state.fault = null;
  redraw();
  try {
    const [touched, predicted] = await Promise.all([
      api.post(`${BASE}/impact`, { tenant, ids: chosen.map(template => template.id) }),
      api.post(`${BASE}/predict`, { tenant, action: 'update', changes: changesOf(state, chosen) }),
    ]);
    state.ahead = { impact: touched.impact, conflicts: predicted.conflicts };
  } catch (error) {
    state.fault = error;
    state.ahead = null;
  }
  state.looking = false;
  redraw();
}

function changeForm(state, redraw, tenant, chosen) {
  state.field ??= 'status';
  state.value ??= 'active';
  state.conflict ??= 'skip';
  const set = change => { Object.assign(state, change, { ahead: null }); redraw(); };
  const choices = CHOICES[state.field];
  return html`<div class="field"><label for="field">${w.field}</label><select class="input" id="field" .value=${state.field} @change=${event => set({ field: event.target.value, value: CHOICES[event.target.value]?.[0] ?? '' })}>${Object.entries(w.fields).map(([name, text]) => html`<option value=${name} ?selected=${name === state.field}>${text}</option>`)}</select></div>
    <div class="field"><label for="value">${w.value}</label>${choices ? html`<select class="input" id="value" @change=${event => set({ value: event.target.value })}>${choices.map(choice => html`<option value=${choice} ?selected=${choice === state.value}>${choice}</option>`)}</select>` : html`<input class="input" id="value" autocomplete="off" inputmode=${NUMBERS.includes(state.field) ? 'decimal' : 'text'} .value=${state.value} @input=${event => set({ value: event.target.value })}>`}</div>
    <div class="field"><label for="conflict">${w.strategy}</label><select class="input" id="conflict" @change=${event => { state.conflict = event.target.value; }}>${Object.entries(w.strategies).map(([name, text]) => html`<option value=${name} ?selected=${name === state.conflict}>${text}</option>`)}</select></div>
    <p><button class="btn" type="button" ?disabled=${state.looking} @click=${() => lookAhead(state, redraw, tenant, chosen)}>${icon('eye')}${w.look}</button></p>
    ${state.fault ? note('critical', visibleText(state.fault.message)) : nothing}
    ${state.ahead ? foreseen(state.ahead) : html`<p class="muted">${w.lookFirst}</p>`}`;
}

async function change(ctx, tenant) {
  const chosen = [...selection(ctx).values()];
  const started = await ask({
    title: w.changeTitle(chosen.length), verb: w.verb, wide: true, footnote: w.backup,
    ready: state => Boolean(state.ahead), confirm: state => state.ahead && ['high', 'critical'].includes(state.ahead.impact.risk) ? 'change' : null,
    body: (state, redraw) => changeForm(state, redraw, tenant, chosen),
    act: state => api.post(`${BASE}/update`, { tenant, changes: changesOf(state, chosen), conflict: state.conflict }),
  });
  if (started) {
    selection(ctx).clear();
    toast(html`${w.started} <a href=${api.path`/console/batches/${started.batchId}`}>${w.operation}</a>`);
    ctx.reload();
  }
}

async function restore(ctx, tenant, operation, backup) {
  const started = await ask({
    title: w.restoreTitle(backup.templates), verb: w.restoreVerb, danger: true,
    body: (state, redraw) => html`<p>${w.restoreText}</p><label class="row"><input type="checkbox" .checked=${Boolean(state.force)} @change=${event => { state.force = event.target.checked; redraw(); }}>${w.restoreForce}</label>`,
    act: state => api.post(`${BASE}/restore`, { tenant, batchId: operation.batchId, conflict: state.force ? 'override' : 'skip' }),
  });
  if (started) {
    toast(html`${w.restoring} <a href=${api.path`/console/batches/${started.batchId}`}>${w.operation}</a>`);
    ctx.reload();
  }
}

const search = debounce((text, ctx) => ctx.setQuery({ text, after: null }, { replace: true }), 300);

const choose = event => new FormData(event.target).get('tenant')?.trim();

function whose(ctx) {
  return html`<section class="card"><form class="body" @submit=${event => { event.preventDefault(); const tenant = choose(event); if (tenant) ctx.setQuery({ tenant }); }}>
    <h2>${w.tenantText}</h2><p class="muted">${w.tenantHint}</p>
    <div class="row"><div class="filter">${icon('user')}<input name="tenant" aria-label=${w.tenant} autocomplete="off" maxlength="100"></div><button class="btn primary" type="submit">${w.show}</button></div></form></section>`;
}

function row(template, ctx, link) {
  const selected = selection(ctx);
  const pick = event => { event.target.checked ? selected.set(template.id, template) : selected.delete(template.id); ctx.redraw(); };
  return html`<tr aria-selected=${String(selected.has(template.id))}><td class="pick"><input type="checkbox" aria-label=${w.select(visibleText(template.name))} .checked=${selected.has(template.id)} @change=${pick}></td>
    <th scope="row" class="wide"><span class="clip">${template.children ? html`<a href=${link(template.id)}>${visibleText(template.name)}</a>` : visibleText(template.name)}</span><span class="sub">${template.children ? w.children(f.count(template.children)) : nothing} ${template.isSystem ? w.system : nothing}</span></th>
    <td>${badge(LOOK[template.status], template.status, true)}</td><td data-l=${w.kind}>${template.kind}</td><td class="num" data-l=${w.price}>${template.price ?? '–'}</td><td class="num" data-l=${w.used}>${f.count(template.usageCount)}</td><td class="num" data-l=${w.version}>${template.version}</td><td class="num" data-l=${w.changed}>${ago(template.updatedAt)}</td></tr>`;
}

function operationRow(operation, backup, ctx, tenant) {
  const made = Object.entries(operation.result).filter(([name]) => ['created', 'updated', 'restored'].includes(name)).reduce((sum, [, n]) => sum + n, 0);
  return html`<tr><th scope="row" class="wide"><a href=${api.path`/console/batches/${operation.batchId}`}>${w.types[operation.type]}</a><span class="sub">${visibleText(operation.name ?? '')}</span></th><td>${badge(operation.status === 'partial_success' ? 'retrying' : operation.status, operation.status.replace('_', ' '), true)}</td>
    <td class="num" data-l=${w.progress}>${f.percent(operation.progress / 100)}</td><td class="num" data-l=${w.result}>${f.count(made)}</td><td class="num" data-l=${w.skipped}>${f.count(operation.skipped)}</td><td class="num" data-l=${w.failed}>${f.count(operation.failed)}</td><td class="num" data-l=${w.when}>${ago(operation.createdAt)}</td>
    <td>${backup && backup.restored < backup.templates ? action({ label: w.restore, glyph: 'undo', small: true, on: () => restore(ctx, tenant, operation, backup) }) : backup ? html`<span class="muted small">${w.restored}</span>` : nothing}</td></tr>`;
}

export function draw({ tenant, page, operations, backups }, ctx) {
  if (!tenant) {
    return whose(ctx);
  }
  const selected = selection(ctx);
  const link = id => `${id ? api.path`/console/templates/${id}` : '/console/templates'}${api.query({ tenant })}`;
  const shown = page.templates;
  const all = shown.length > 0 && shown.every(template => selected.has(template.id));
  const pickAll = event => { shown.forEach(template => event.target.checked ? selected.set(template.id, template) : selected.delete(template.id)); ctx.redraw(); };
  return html`<div class="row"><div class="filter" role="search">${icon('search')}<input aria-label=${w.search} placeholder=${w.search} .value=${ctx.query.get('text') ?? ''} @input=${event => search(event.target.value, ctx)}></div>
      <form class="push" @submit=${event => { event.preventDefault(); const other = choose(event); if (other) ctx.go(`/console/templates${api.query({ tenant: other })}`); }}><div class="filter">${icon('user')}<input name="tenant" aria-label=${w.tenant} title=${w.tenant} autocomplete="off" maxlength="100" .value=${tenant}></div></form></div>
    <section class="card" aria-labelledby="templates"><header><h2 id="templates">${w.tree}</h2><nav class="row small" aria-label=${w.level}>${page.above.length ? html`<a href=${link()}>${w.top}</a>${page.above.map((above, i) => html`<span class="muted" aria-hidden="true">/</span>${i === page.above.length - 1 ? html`<span>${visibleText(above.name)}</span>` : html`<a href=${link(above.id)}>${visibleText(above.name)}</a>`}`)}` : nothing}</nav>
      <div class="row push">${selected.size ? html`<span class="muted small">${w.selected(selected.size)}</span><button class="btn s quiet" type="button" @click=${() => { selected.clear(); ctx.redraw(); }}>${w.clear}</button>` : nothing}${action({ label: w.change, glyph: 'edit', small: true, disabled: !selected.size, on: () => change(ctx, tenant) })}</div></header>
      ${shown.length ? html`<table class="table flow two under-bar"><thead><tr><td class="pick"><input type="checkbox" aria-label=${w.selectAll} .checked=${all} @change=${pickAll}></td><th scope="col">${w.name}</th><th scope="col">${w.status}</th><th scope="col">${w.kind}</th><th scope="col" class="num">${w.price}</th><th scope="col" class="num">${w.used}</th><th scope="col" class="num">${w.version}</th><th scope="col" class="num">${w.changed}</th></tr></thead><tbody>${repeat(shown, template => template.id, template => row(template, ctx, link))}</tbody></table>` : empty({ glyph: 'search', title: w.none, text: w.noneText })}
      ${ctx.query.get('after') || page.next ? html`<footer class="row body">${ctx.query.get('after') ? html`<button class="btn s" type="button" @click=${() => ctx.setQuery({ after: null })}>${w.first}</button>` : nothing}${page.next ? html`<button class="btn s" type="button" @click=${() => ctx.setQuery({ after: page.next })}>${w.more}</button>` : nothing}</footer>` : nothing}</section>
    <section class="card" aria-labelledby="operations"><header><h2 id="operations">${w.operations}</h2></header>
      ${operations.length ? html`<table class="table flow two"><thead><tr><th scope="col">${w.what}</th><th scope="col">${w.status}</th><th scope="col" class="num">${w.progress}</th><th scope="col" class="num">${w.result}</th><th scope="col" class="num">${w.skipped}</th><th scope="col" class="num">${w.failed}</th><th scope="col" class="num">${w.when}</th><th scope="col"><span class="sr">${w.actions}</span></th></tr></thead><tbody>${repeat(operations, operation => operation.batchId, operation => operationRow(operation, backups.get(operation.batchId), ctx, tenant))}</tbody></table>` : empty({ glyph: 'batches', title: w.noOperations, text: w.noOperationsText })}</section>`;
}
