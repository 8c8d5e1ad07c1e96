// What the views of the templates' page have in common.
import { html } from '../../kit/html.js';
import * as api from '../../kit/api.js';
import { visibleText } from '../../kit/tree.js';
import { words as w } from './words.js';

export const PAGE = 50;
/** The state whose colour a status has. */
export const LOOK = { draft: 'scheduled', active: 'completed', archived: 'cancelled', deprecated: 'dead' };
export const STATUSES = ['draft', 'active', 'archived', 'deprecated'];
export const LEVELS = ['beginner', 'intermediate', 'advanced', 'expert'];
export const KINDS = ['base', 'specialized', 'custom'];

/** An address of the page. */
export const address = query => `/console/templates${api.query(query)}`;
export const templateAddress = (id, tenant) => `${api.path`/console/templates/${id}`}${api.query({ tenant })}`;

export const name = (template, tenant) => html`<span class="clip"><a href=${templateAddress(template.id, tenant)}>${visibleText(template.name)}</a></span>`;

export const selection = ctx => ctx.state.selected ??= new Map();

export const pickCell = (template, ctx) => {
  const selected = selection(ctx);
  const pick = event => { event.target.checked ? selected.set(template.id, template) : selected.delete(template.id); ctx.redraw(); };
  return html`<td class="pick"><input type="checkbox" aria-label=${w.select(visibleText(template.name))} .checked=${selected.has(template.id)} @change=${pick}></td>`;
};

export const pickAllCell = (shown, ctx) => {
  const selected = selection(ctx);
  const all = shown.length > 0 && shown.every(template => selected.has(template.id));
  return html`<td class="pick"><input type="checkbox" aria-label=${w.selectAll} .checked=${all} @change=${event => { shown.forEach(template => event.target.checked ? selected.set(template.id, template) : selected.delete(template.id)); ctx.redraw(); }}></td>`;
};
