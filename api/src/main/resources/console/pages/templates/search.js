// The search: every filter and every order is a link, and the address is the question.
import { html, nothing, repeat } from '../../kit/html.js';
import * as f from '../../kit/format.js';
import * as api from '../../kit/api.js';
import { ago, badge, debounce, empty, glyph, icon } from '../../kit/parts.js';
import { visibleText } from '../../kit/tree.js';
import { words as w } from './words.js';
import { KINDS, LEVELS, LOOK, PAGE, STATUSES, address, name, pickAllCell, pickCell, selection } from './parts.js';
import { selectionBar } from './change.js';

const FILTERS = ['text', 'status', 'kind', 'skillLevel', 'category', 'minPrice', 'maxPrice', 'minDuration', 'maxDuration', 'tags', 'favourites', 'popular'];
const ORDER = ['sort', 'order'];
const SORTS = ['name', 'usage', 'popularity', 'last_used', 'updated', 'created'];
const PRICES = [[null, 25], [25, 50], [50, 100], [100, 500], [500, null]];
const MINUTES = [[null, 60], [60, 90], [90, 180], [180, null]];
/** More categories than this are chosen from a list. */
const MOST_LINKS = 12;

const given = (query, names) => Object.fromEntries([...query].filter(([key]) => names.includes(key)));
const directionOf = sort => sort === 'name' ? 'asc' : 'desc';

export async function load(ctx, tenant) {
  const options = { signal: ctx.signal };
  const [found, categories] = await Promise.all([
    api.get(`/api/templates${api.query({ tenant, ...given(ctx.query, [...FILTERS, ...ORDER, 'place']), limit: PAGE })}`, options),
    ctx.state.categories ?? api.get(`/api/templates/categories${api.query({ tenant })}`, options).then(answer => answer.categories),
  ]);
  ctx.state.categories = categories;
  return { found, categories };
}

/** Where a changed question leads: to its first page. */
const asked = (ctx, tenant) => changes => address({ tenant, ...given(ctx.query, [...FILTERS, ...ORDER]), ...changes });

const link = (text, href, chosen) => html`<li><a href=${href} aria-current=${chosen ? 'true' : nothing}>${text}</a></li>`;
const group = (title, links, more = nothing) => html`<div class="facet" role="group" aria-label=${title}><h2>${title}</h2><ul>${links}</ul>${more}</div>`;

/** One of several; the chosen one leads back to all. */
const choice = (key, values, text, ctx, to) => values.map(value => link(text(value), to({ [key]: ctx.query.get(key) === value ? null : value }), ctx.query.get(key) === value));

function range(title, low, high, steps, unit, ctx, to) {
  const from = ctx.query.get(low);
  const until = ctx.query.get(high);
  const set = event => { event.preventDefault(); const form = new FormData(event.target); ctx.go(to({ [low]: form.get(low).trim(), [high]: form.get(high).trim() })); };
  return group(title, steps.map(([least, most]) => {
    const chosen = from === (least === null ? null : String(least)) && until === (most === null ? null : String(most));
    return link(w.range(least, most), to(chosen ? { [low]: null, [high]: null } : { [low]: least, [high]: most }), chosen);
  }), html`<form class="row" @submit=${set}><input class="input" name=${low} inputmode="decimal" maxlength="12" aria-label=${w.least(title)} placeholder=${w.from} .value=${from ?? ''}><input class="input" name=${high} inputmode="decimal" maxlength="12" aria-label=${w.most(title)} placeholder=${w.to} .value=${until ?? ''}><button class="btn s" type="submit" aria-label=${w.setRange(title)}>${unit}</button></form>`);
}

const tagsOf = ctx => (ctx.query.get('tags') ?? '').split(',').filter(Boolean);

function tagGroup(ctx, to) {
  const tags = tagsOf(ctx);
  const add = event => { event.preventDefault(); const tag = new FormData(event.target).get('tag').trim().replaceAll(',', ' '); if (tag) { event.target.reset(); ctx.go(to({ tags: [...new Set([...tags, tag])].join(',') })); } };
  return group(w.tags, tags.map(tag => link(visibleText(tag), to({ tags: tags.filter(other => other !== tag).join(',') }), true)), html`<form class="row" @submit=${add}><input class="input" name="tag" maxlength="200" autocomplete="off" aria-label=${w.tag} placeholder=${w.tag}><button class="btn s" type="submit" aria-label=${w.addTag}>${w.add}</button></form>`);
}

function categoryGroup(categories, ctx, to) {
  if (!categories.length) return nothing;
  const named = new Map(categories.map(each => [each.id, visibleText(each.name)]));
  if (categories.length <= MOST_LINKS) return group(w.category, choice('category', [...named.keys()], id => named.get(id), ctx, to));
  return group(w.category, nothing, html`<select class="input" aria-label=${w.category} @change=${event => ctx.go(to({ category: event.target.value }))}><option value="">${w.any}</option>${[...named].map(([id, text]) => html`<option value=${id} ?selected=${ctx.query.get('category') === id}>${text}</option>`)}</select>`);
}

function facets({ categories }, ctx, to) {
  const sort = ctx.query.get('sort') ?? 'name';
  const order = ctx.query.get('order') ?? directionOf(sort);
  const other = order === 'asc' ? 'desc' : 'asc';
  const flag = key => link(w.flags[key], to({ [key]: ctx.query.get(key) === 'true' ? null : 'true' }), ctx.query.get(key) === 'true');
  return html`<aside class="card facets" aria-label=${w.filters}>
    ${group(w.sortedBy, SORTS.map(each => link(html`${w.sorts[each]}${each === sort ? html`<span aria-hidden="true">${order === 'asc' ? ' ↑' : ' ↓'}</span><span class="sr">${w.orders[order]}</span>` : nothing}`, to({ sort: each === 'name' ? null : each, order: each === sort && other !== directionOf(each) ? other : null }), each === sort)))}
    ${group(w.only, ['favourites', 'popular'].map(flag))}
    ${group(w.status, choice('status', STATUSES, status => html`${glyph(LOOK[status])}${status}`, ctx, to))}
    ${group(w.kind, choice('kind', KINDS, kind => w.kinds[kind], ctx, to))}
    ${group(w.skillLevel, choice('skillLevel', LEVELS, level => level, ctx, to))}
    ${categoryGroup(categories, ctx, to)}
    ${range(w.price, 'minPrice', 'maxPrice', PRICES, w.set, ctx, to)}
    ${range(w.minutes, 'minDuration', 'maxDuration', MINUTES, w.set, ctx, to)}
    ${tagGroup(ctx, to)}</aside>`;
}

/** What the address asks for, each to be dropped. */
function chips({ categories }, ctx) {
  const drop = (label, value, changes) => html`<span class="chip"><span>${label}</span><b>${value}</b><button type="button" aria-label=${w.drop(label)} @click=${() => ctx.setQuery({ ...changes, place: null })}>${icon('close')}</button></span>`;
  const q = key => ctx.query.get(key);
  const between = (title, low, high) => q(low) || q(high) ? drop(title, w.range(q(low), q(high)), { [low]: null, [high]: null }) : nothing;
  return html`${q('status') ? drop(w.status, html`${glyph(LOOK[q('status')])}${visibleText(q('status'))}`, { status: null }) : nothing}${q('kind') ? drop(w.kind, w.kinds[q('kind')] ?? visibleText(q('kind')), { kind: null }) : nothing}${q('skillLevel') ? drop(w.skillLevel, visibleText(q('skillLevel')), { skillLevel: null }) : nothing}${q('category') ? drop(w.category, visibleText(categories.find(each => each.id === q('category'))?.name ?? q('category')), { category: null }) : nothing}${between(w.price, 'minPrice', 'maxPrice')}${between(w.minutes, 'minDuration', 'maxDuration')}${tagsOf(ctx).map(tag => drop(w.tag, visibleText(tag), { tags: tagsOf(ctx).filter(other => other !== tag).join(',') }))}${['favourites', 'popular'].map(key => q(key) === 'true' ? drop(w.only, w.flags[key], { [key]: null }) : nothing)}`;
}

const type = debounce((text, ctx) => ctx.setQuery({ text, place: null }, { replace: true }), 300);

function row(template, ctx, tenant, to) {
  const tags = tagsOf(ctx);
  return html`<tr aria-selected=${String(selection(ctx).has(template.id))}>${pickCell(template, ctx)}
    <th scope="row" class="wide">${name(template, tenant)}<span class="sub clip">${template.parentId ? html`${w.depth(template.depth)} · ` : nothing}${template.isSystem ? html`${w.system} · ` : nothing}${template.tags.map(tag => html`<a href=${to({ tags: [...new Set([...tags, tag])].join(',') })}>${visibleText(tag)}</a> `)}</span></th>
    <td>${badge(LOOK[template.status], template.status, true)}</td><td class="roomy" data-l=${w.kind}>${w.kinds[template.kind]}</td><td class="roomy" data-l=${w.skillLevel}>${template.skillLevel ?? html`<span class="muted">–</span>`}</td><td class="num ${template.price ? '' : 'zero'}" data-l=${w.price}>${template.price ?? '–'}</td><td class="num ${template.durationMinutes ? '' : 'zero'}" data-l=${w.minutes}>${template.durationMinutes ?? '–'}</td><td class="num ${template.usageCount ? '' : 'zero'}" data-l=${w.used}>${f.count(template.usageCount)}</td><td class="num ${template.favourites ? '' : 'zero'}" data-l=${w.favourites}>${f.count(template.favourites)}</td><td class="num roomy ${template.lastUsedAt ? '' : 'zero'}" data-l=${w.lastUsed}>${ago(template.lastUsedAt)}</td><td class="num" data-l=${w.changed}>${ago(template.updatedAt)}</td></tr>`;
}

function heads(ctx, to) {
  const sort = ctx.query.get('sort') ?? 'name';
  const order = ctx.query.get('order') ?? directionOf(sort);
  const head = (key, text, cls) => html`<th scope="col" class=${cls} aria-sort=${key === sort ? order === 'asc' ? 'ascending' : 'descending' : nothing}><a href=${to({ sort: key === 'name' ? null : key, order: key === sort && order === directionOf(key) ? (order === 'asc' ? 'desc' : 'asc') : null })}>${text}${key === sort ? html`<span aria-hidden="true">${order === 'asc' ? ' ↑' : ' ↓'}</span>` : nothing}</a></th>`;
  return html`${head('name', w.name, '')}<th scope="col">${w.status}</th><th scope="col" class="roomy">${w.kind}</th><th scope="col" class="roomy">${w.skillLevel}</th><th scope="col" class="num">${w.price}</th><th scope="col" class="num">${w.minutes}</th>${head('usage', w.used, 'num')}${head('popularity', w.favourites, 'num')}${head('last_used', w.lastUsed, 'num roomy')}${head('updated', w.changed, 'num')}`;
}

export function draw(data, ctx) {
  const { tenant, found } = data;
  const to = asked(ctx, tenant);
  const filtered = FILTERS.some(key => ctx.query.get(key));
  return html`<div class="filter" role="search">${icon('search')}${chips(data, ctx)}<input aria-label=${w.search} placeholder=${w.search} maxlength="200" autocomplete="off" .value=${ctx.query.get('text') ?? ''} @input=${event => type(event.target.value, ctx)}></div>
    <div class="found">${facets(data, ctx, to)}
      <section class="card" aria-labelledby="templates"><header><h2 id="templates">${w.title}</h2><span class="muted small">${w.total(f.count(found.total), found.total, found.totalIsExact)}</span>${selectionBar(ctx, tenant)}</header>
        ${found.templates.length ? html`<table class="table flow two under-bar"><thead><tr>${pickAllCell(found.templates, ctx)}${heads(ctx, to)}</tr></thead><tbody>${repeat(found.templates, template => template.id, template => row(template, ctx, tenant, to))}</tbody></table>` : empty({ glyph: 'search', title: w.none, text: filtered ? w.noneFound : w.noneYet, act: filtered ? html`<a class="btn" href=${address({ tenant })}>${w.dropAll}</a>` : nothing })}
        ${found.previous || found.next ? html`<footer class="row body">${found.previous ? html`<a class="btn s" href=${to({ place: found.previous })}>${w.previous}</a>` : nothing}${found.next ? html`<a class="btn s" href=${to({ place: found.next })}>${w.next}</a>` : nothing}</footer>` : nothing}</section></div>`;
}
