// A change of many templates: what it would touch and meet is seen before it is made.
import { html, nothing } from '../../kit/html.js';
import * as f from '../../kit/format.js';
import * as api from '../../kit/api.js';
import { action, icon, note } from '../../kit/parts.js';
import { ask, toast } from '../../kit/dialog.js';
import { visibleText } from '../../kit/tree.js';
import { words as w } from './words.js';
import { LEVELS, STATUSES, address, selection } from './parts.js';

const LEVEL = { low: 'notice', medium: 'warning', high: 'warning', critical: 'critical' };
const NUMBERS = ['price', 'durationMinutes', 'minParticipants', 'maxParticipants'];
const CHOICES = { status: STATUSES, skillLevel: LEVELS };
const BASE = '/api/templates/bulk';

/** The value of a change as the API wants it. */
function valueOf({ field, value }) {
  if (value === '' && field !== 'status') return null;
  return NUMBERS.includes(field) ? Number(value) : value;
}

const changesOf = (state, chosen) => chosen.map(template => ({ id: template.id, expectedVersion: template.version, set: { [state.field]: valueOf(state) } }));

function foreseen({ impact, conflicts }) {
  return html`<h3>${w.impact}</h3>
    ${note(LEVEL[impact.risk], html`<strong>${w.risk[impact.risk]}</strong>${impact.reasons.length ? html`: ${impact.reasons.join(', ')}` : nothing}`)}
    <p class="row">${[[w.templates, f.count(impact.templates)], [w.below, f.count(impact.descendants)], [w.courses, f.count(impact.courses)], [w.schedules, f.count(impact.schedules)], [w.recovery, f.duration(impact.recoverySeconds * 1000)]].map(([label, value]) => html`<span><span class="muted small">${label}</span> <strong>${value}</strong></span>`)}</p>
    <h3>${w.conflicts}</h3>
    ${conflicts.length ? html`<ul class="sample">${conflicts.map(each => html`<li><strong>${f.percent(each.probability)}</strong> <span class="told">${visibleText(each.what)}<span class="sub">${each.mitigation}</span></span></li>`)}</ul>` : html`<p class="muted">${w.noConflicts}</p>`}`;
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
    <label class="row"><input type="checkbox" .checked=${Boolean(state.partial)} @change=${event => { state.partial = event.target.checked; redraw(); }}>${w.partial}</label>
    <p><button class="btn" type="button" ?disabled=${state.looking} @click=${() => lookAhead(state, redraw, tenant, chosen)}>${icon('eye')}${w.look}</button></p>
    ${state.fault ? note('critical', visibleText(state.fault.message)) : nothing}
    ${state.ahead ? foreseen(state.ahead) : html`<p class="muted">${w.lookFirst}</p>`}`;
}

/** Asks for the change of those that are selected; leads to its progress. */
async function change(ctx, tenant) {
  const chosen = [...selection(ctx).values()];
  const started = await ask({
    title: w.changeTitle(chosen.length), verb: w.verb, wide: true, footnote: w.backup,
    ready: state => Boolean(state.ahead), confirm: state => state.ahead && ['high', 'critical'].includes(state.ahead.impact.risk) ? 'change' : null,
    body: (state, redraw) => changeForm(state, redraw, tenant, chosen),
    act: state => api.post(`${BASE}/update`, { tenant, changes: changesOf(state, chosen), conflict: state.conflict, ...(state.partial ? { validation: 'partial' } : {}) }),
  });
  if (started) {
    selection(ctx).clear();
    toast(html`${w.started} <a href=${api.path`/console/batches/${started.batchId}`}>${w.operation}</a>`);
    ctx.go(address({ tenant, view: 'operations' }));
  }
}

/** What can be done with those that are selected. */
export const selectionBar = (ctx, tenant) => {
  const selected = selection(ctx);
  return html`<div class="row push">${selected.size ? html`<span class="muted small">${w.selected(f.count(selected.size))}</span><button class="btn s quiet" type="button" @click=${() => { selected.clear(); ctx.redraw(); }}>${w.clear}</button>` : nothing}${action({ label: w.change, glyph: 'edit', small: true, disabled: !selected.size, on: () => change(ctx, tenant) })}</div>`;
};
