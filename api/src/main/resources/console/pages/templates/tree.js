// The tree of inheritance, a level at a time.
import { html, nothing, repeat } from '../../kit/html.js';
import * as f from '../../kit/format.js';
import * as api from '../../kit/api.js';
import { ago, badge, empty } from '../../kit/parts.js';
import { visibleText } from '../../kit/tree.js';
import { words as w } from './words.js';
import { LOOK, PAGE, address, name, pickAllCell, pickCell, selection } from './parts.js';
import { selectionBar } from './change.js';

/** The children of a template, or those without a parent. */
export const level = (ctx, tenant, parent) => api.get(`/api/templates/bulk/tree${api.query({ tenant, parent, after: ctx.query.get('after'), limit: PAGE })}`, { signal: ctx.signal });

export const load = async (ctx, tenant) => ({ page: await level(ctx, tenant, ctx.query.get('parent')) });

const row = (template, ctx, tenant) => html`<tr aria-selected=${String(selection(ctx).has(template.id))}>${pickCell(template, ctx)}
  <th scope="row" class="wide">${name(template, tenant)}<span class="sub">${template.children ? html`<a href=${address({ tenant, view: 'tree', parent: template.id })}>${w.children(f.count(template.children))}</a>` : w.leaf}${template.isSystem ? html` · ${w.system}` : nothing}</span></th>
  <td>${badge(LOOK[template.status], template.status, true)}</td><td data-l=${w.kind}>${w.kinds[template.kind]}</td><td class="num" data-l=${w.price}>${template.price ?? '–'}</td><td class="num ${template.usageCount ? '' : 'zero'}" data-l=${w.used}>${f.count(template.usageCount)}</td><td class="num" data-l=${w.version}>${template.version}</td><td class="num" data-l=${w.changed}>${ago(template.updatedAt)}</td></tr>`;

/** Templates of one level, to be selected. */
export const table = (shown, ctx, tenant) => html`<table class="table flow two under-bar"><thead><tr>${pickAllCell(shown, ctx)}<th scope="col">${w.name}</th><th scope="col">${w.status}</th><th scope="col">${w.kind}</th><th scope="col" class="num">${w.price}</th><th scope="col" class="num">${w.used}</th><th scope="col" class="num">${w.version}</th><th scope="col" class="num">${w.changed}</th></tr></thead><tbody>${repeat(shown, template => template.id, template => row(template, ctx, tenant))}</tbody></table>`;

/** Leads through the pages of a level. */
export const pager = (page, ctx, to) => ctx.query.get('after') || page.next ? html`<footer class="row body">${ctx.query.get('after') ? html`<a class="btn s" href=${to(null)}>${w.first}</a>` : nothing}${page.next ? html`<a class="btn s" href=${to(page.next)}>${w.next}</a>` : nothing}</footer>` : nothing;

export function draw({ tenant, page }, ctx) {
  const parent = ctx.query.get('parent');
  const to = id => address({ tenant, view: 'tree', parent: id });
  return html`<section class="card" aria-labelledby="templates"><header><h2 id="templates">${w.tree}</h2><nav class="small" aria-label=${w.level}>${page.above.length ? html`<a href=${to()}>${w.top}</a>${page.above.map((above, i) => html`<span class="muted" aria-hidden="true"> / </span>${i === page.above.length - 1 ? html`<span>${visibleText(above.name)}</span>` : html`<a href=${to(above.id)}>${visibleText(above.name)}</a>`}`)}` : html`<span class="muted">${w.treeText}</span>`}</nav>${selectionBar(ctx, tenant)}</header>
    ${page.templates.length ? table(page.templates, ctx, tenant) : empty({ glyph: 'search', title: w.none, text: parent ? w.noneBelow : w.noneYet })}
    ${pager(page, ctx, after => address({ tenant, view: 'tree', parent, after }))}</section>`;
}
