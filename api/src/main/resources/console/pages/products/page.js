// Product monitoring: the tracked products, the comparisons and the analyses; one of each.
import { html, nothing, repeat } from '../../kit/html.js';
import * as f from '../../kit/format.js';
import * as api from '../../kit/api.js';
import { ago, badge, debounce, empty, icon, tile } from '../../kit/parts.js';
import { visibleText } from '../../kit/tree.js';
import { words as w } from './words.js';
import * as product from './product.js';
import * as groups from './groups.js';
import { analysisCard, form, known, money, name, number, place, stars } from './parts.js';

const PAGE = 50;
const VIEWS = ['products', 'groups', 'analyses'];
const STATUS = { ok: 'completed', new: 'scheduled', missing: 'dead', blocked: 'retrying' };

export const every = 30000;

/** What is looked at: a product, {id} or a group, groups/{id}, or an analysis, analyses/{id}; else a list. */
function looked(id) {
  const [kind, of] = (id ?? '').split('/');
  if (!id) return { kind: 'list' };
  return of === undefined ? { kind: 'product' } : kind === 'groups' ? { kind: 'group', id: of } : { kind: 'analysis', id: of };
}

const viewOf = ctx => VIEWS.includes(ctx.query.get('view')) ? ctx.query.get('view') : 'products';

export const title = data => data?.product ? product.title(data) : data?.group ? groups.title(data) : data?.one ? w.kindsOfAnalysis[data.one.kind] ?? w.analysis : w.title;
export const crumb = data => data?.product ? { href: '/console/products', text: w.title } : data?.group ? { href: '/console/products?view=groups', text: w.title } : data?.one ? { href: '/console/products?view=analyses', text: w.title } : undefined;

export async function load(ctx) {
  const options = { signal: ctx.signal };
  const what = looked(ctx.params.id);
  if (what.kind === 'product') return product.load(ctx);
  if (what.kind === 'group') return groups.load(ctx, what.id);
  if (what.kind === 'analysis') return { one: await api.get(api.path`/api/analyses/${what.id}`, options) };
  const view = viewOf(ctx);
  const userId = ctx.query.get('user');
  const place = ctx.query.get('after');
  if (view === 'groups') return { view, ...await api.get(`/api/products/groups${api.query({ userId, after: place, limit: PAGE })}`, options) };
  if (view === 'analyses') {
    const [page, spending] = await Promise.all([
      api.get(`/api/analyses${api.query({ userId, before: place, limit: PAGE })}`, options),
      api.get('/api/analyses/spending?days=1', options),
    ]);
    return { view, ...page, today: spending.days[0] };
  }
  return { view, ...await api.get(`/api/products${api.query({ userId, after: place, limit: PAGE })}`, options) };
}

const productsTable = products => html`<table class="table flow two under-bar"><thead><tr><th scope="col">${w.product}</th><th scope="col">${w.read}</th><th scope="col" class="num">${w.price}</th><th scope="col" class="num">${w.rank}</th><th scope="col" class="num">${w.rating}</th><th scope="col" class="num">${w.reviews}</th><th scope="col">${w.buyBox}</th><th scope="col" class="num">${w.user}</th></tr></thead><tbody>${repeat(products, each => each.id, ({ id, item, active, userId }) => html`<tr><th scope="row" class="wide"><span class="clip"><a href=${api.path`/console/products/${id}`}>${name(item)}</a></span><span class="sub"><code>${visibleText(item.asin)}</code> ${item.marketplace}${active ? nothing : html` · ${w.off}`}</span></th><td>${item.status === 'ok' ? ago(item.fetchedAt) : badge(STATUS[item.status], w.status[item.status] ?? item.status, true)}</td><td class="num" data-l=${w.price}>${money(item.price, item.currency)}</td><td class="num" data-l=${w.rank}>${place(item.rank)}</td><td class="num" data-l=${w.rating}>${stars(item.rating)}</td><td class="num" data-l=${w.reviews}>${number(item.reviewCount)}</td><td data-l=${w.buyBox}>${visibleText(item.buyBox ?? '–')}</td><td class="num" data-l=${w.user}>${userId}</td></tr>`)}</tbody></table>`;

const groupsTable = found => html`<table class="table flow two under-bar"><thead><tr><th scope="col">${w.group}</th><th scope="col">${w.mainTitle}</th><th scope="col" class="num">${w.price}</th><th scope="col" class="num">${w.user}</th></tr></thead><tbody>${repeat(found, each => each.id, group => html`<tr><th scope="row" class="wide"><span class="clip"><a href=${api.path`/console/products/groups` + api.path`/${group.id}`}>${visibleText(group.name)}</a></span><span class="sub">${w.competitors(group.competitors.length)}${group.active ? nothing : html` · ${w.off}`}</span></th><td data-l=${w.mainTitle}>${name(group.main.item)}</td><td class="num" data-l=${w.price}>${money(group.main.item.price, group.main.item.currency)}</td><td class="num" data-l=${w.user}>${group.userId}</td></tr>`)}</tbody></table>`;

const analysesTable = found => html`<table class="table flow two under-bar"><thead><tr><th scope="col">${w.analysis}</th><th scope="col">${w.writer}</th><th scope="col" class="num">${w.suggestions}</th><th scope="col" class="num">${w.cost}</th><th scope="col">${w.made}</th></tr></thead><tbody>${repeat(found, each => each.id, each => html`<tr><th scope="row" class="wide"><span class="clip"><a href=${`/console/products/analyses/${each.id}`}>${visibleText(each.summary)}</a></span><span class="sub">${w.kindsOfAnalysis[each.kind] ?? each.kind}</span></th><td data-l=${w.writer}>${w.writers[each.writtenBy] ?? each.writtenBy}</td><td class="num" data-l=${w.suggestions}>${each.suggestions.length}</td><td class="num" data-l=${w.cost}>${each.cost > 0 ? Number(each.cost).toFixed(4) : '–'}</td><td data-l=${w.made}>${ago(each.createdAt)}</td></tr>`)}</tbody></table>`;

const moved = (metric, title, moves) => moves?.length ? html`<section class="card"><header><h2>${title}</h2></header><table class="table flow two"><thead><tr><th scope="col">${w.product}</th><th scope="col" class="num">${w.before}</th><th scope="col" class="num">${w.after}</th><th scope="col" class="num">${w.change}</th></tr></thead><tbody>${moves.map(move => html`<tr><th scope="row" class="wide"><span class="clip">${visibleText(move.title || move.asin)}</span><span class="sub"><code>${visibleText(move.asin)}</code></span></th><td class="num" data-l=${w.before}>${form(metric, move.before)}</td><td class="num" data-l=${w.after}>${form(metric, move.after)}</td><td class="num" data-l=${w.change}>${known(move.changePercent) ? `${move.changePercent > 0 ? '+' : '−'}${Math.abs(move.changePercent).toFixed(1)} %` : '–'}</td></tr>`)}</tbody></table></section>` : nothing;

const one = analysis => html`${analysisCard(analysis, 'analysis', w.analysis)}${Object.entries(w.moves).map(([part, title]) => moved(part === 'ranks' ? 'rank' : 'price', title, analysis.body[part]))}`;

const EMPTY = { products: [w.none, w.noneText], groups: [w.groupNone, w.groupNoneText], analyses: [w.noAnalysis, w.noAnalysisText] };
const TABLES = { products: productsTable, groups: groupsTable, analyses: analysesTable };

const search = debounce((text, ctx) => ctx.setQuery({ user: /^\d{1,18}$/.test(text) ? text : null, after: null }, { replace: true }), 300);

export function draw(data, ctx) {
  if (data.product) return product.draw(data, ctx);
  if (data.group) return groups.draw(data, ctx);
  if (data.one) return one(data.one);
  const { view } = data;
  const rows = data[view];
  const user = ctx.query.get('user');
  return html`<nav class="tabs" aria-label=${w.what}>${VIEWS.map(each => html`<a href="/console/products${api.query({ view: each === 'products' ? null : each, user })}" aria-current=${each === view ? 'page' : nothing}>${w.views[each]}</a>`)}</nav>
    <div class="row"><div class="filter" role="search">${icon('search')}<input inputmode="numeric" aria-label=${w.userFilter} placeholder=${w.userFilter} .value=${user ?? ''} @input=${event => search(event.target.value.trim(), ctx)}></div></div>
    ${view === 'analyses' ? html`<div class="tiles">${tile({ label: w.spentToday, value: data.today ? Number(data.today.cost).toFixed(4) : '0', text: w.spentText(data.today?.calls ?? 0, data.today?.failures ?? 0) })}${tile({ label: w.tokens, value: f.count((data.today?.inputTokens ?? 0) + (data.today?.outputTokens ?? 0)), text: w.tokensText })}${tile({ label: w.latest, value: rows[0] ? ago(rows[0].createdAt) : '–', text: rows[0] ? w.writers[rows[0].writtenBy] : '' })}</div>` : nothing}
    <section class="card" aria-labelledby="rows"><header><h2 id="rows">${w.views[view]}</h2><div class="row">${ctx.query.get('after') ? html`<a class="btn s" href="/console/products${api.query({ view, user })}">${w.first}</a>` : nothing}${data.next ? html`<a class="btn s" href="/console/products${api.query({ view, user, after: data.next })}">${w.next}</a>` : nothing}</div></header>
      ${rows.length ? TABLES[view](rows) : empty({ glyph: 'search', title: EMPTY[view][0], text: EMPTY[view][1] })}</section>`;
}
