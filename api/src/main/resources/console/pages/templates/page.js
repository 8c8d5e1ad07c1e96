// The templates of one tenant: the search, the tree of inheritance, operations on many with the way back, and one template with what it inherits.
import { html, nothing } from '../../kit/html.js';
import { icon } from '../../kit/parts.js';
import { visibleText } from '../../kit/tree.js';
import { words as w } from './words.js';
import * as search from './search.js';
import * as tree from './tree.js';
import * as operations from './operations.js';
import * as template from './template.js';
import { address } from './parts.js';

const VIEWS = { search, tree, operations };

export const every = 5000;

const viewOf = query => query.get('view') in VIEWS ? query.get('view') : 'search';

export const title = data => data?.template ? visibleText(data.template.name) : w.title;
export const crumb = data => data?.template ? { href: address({ tenant: data.tenant }), text: w.title } : undefined;

export async function load(ctx) {
  const tenant = ctx.query.get('tenant') ?? '';
  if (!tenant) return { tenant };
  if (ctx.state.tenant !== tenant) Object.assign(ctx.state, { tenant, selected: new Map(), categories: null });
  if (ctx.params.id) return { tenant, ...await template.load(ctx, tenant) };
  const view = viewOf(ctx.query);
  return { tenant, view, ...await VIEWS[view].load(ctx, tenant) };
}

const choose = event => new FormData(event.target).get('tenant')?.trim();

const whose = ctx => html`<section class="card"><form class="body" @submit=${event => { event.preventDefault(); const tenant = choose(event); if (tenant) ctx.setQuery({ tenant }); }}>
  <h2>${w.tenantText}</h2><p class="muted">${w.tenantHint}</p>
  <div class="row"><div class="filter">${icon('user')}<input name="tenant" aria-label=${w.tenant} autocomplete="off" maxlength="100"></div><button class="btn primary" type="submit">${w.show}</button></div></form></section>`;

const another = (tenant, ctx) => html`<form class="push" @submit=${event => { event.preventDefault(); const other = choose(event); if (other) ctx.go(address({ tenant: other })); }}><div class="filter">${icon('user')}<input name="tenant" aria-label=${w.tenant} title=${w.tenant} autocomplete="off" maxlength="100" .value=${tenant}></div></form>`;

export function draw(data, ctx) {
  const { tenant } = data;
  if (!tenant) return whose(ctx);
  if (data.template) return template.draw(data, ctx);
  return html`<div class="row"><nav class="tabs" aria-label=${w.what}>${Object.keys(VIEWS).map(view => html`<a href=${address({ tenant, view: view === 'search' ? null : view })} aria-current=${view === data.view ? 'page' : nothing}>${w.views[view]}</a>`)}</nav>${another(tenant, ctx)}</div>
    ${VIEWS[data.view].draw(data, ctx)}`;
}
