// One template: what holds for it, from whom it has that, what inherits from it, what it was, how it is used.
import { html, nothing } from '../../kit/html.js';
import * as f from '../../kit/format.js';
import * as api from '../../kit/api.js';
import { ago, badge, action, empty, facts } from '../../kit/parts.js';
import { perform } from '../../kit/dialog.js';
import { parseExact, plain, writeCompact } from '../../kit/json.js';
import { tree, visibleText } from '../../kit/tree.js';
import { words as w } from './words.js';
import { LOOK, address, templateAddress } from './parts.js';
import { selectionBar } from './change.js';
import { level, pager, table } from './tree.js';

/** Objects whose keys are inherited one by one. */
const OBJECTS = ['dynamicProperties', 'uiConfiguration'];
const VERSIONS = 10;

export async function load(ctx, tenant) {
  const { id } = ctx.params;
  const options = { signal: ctx.signal };
  const one = api.path`/api/templates/${id}`;
  const [text, page, uses, versions, categories] = await Promise.all([
    api.get(`${one}${api.query({ tenant })}`, { ...options, text: true }),
    level(ctx, tenant, id),
    api.get(`${one}/uses${api.query({ tenant })}`, options),
    api.get(`${one}/versions${api.query({ tenant, limit: VERSIONS })}`, options),
    ctx.state.categories ?? api.get(`/api/templates/categories${api.query({ tenant })}`, options).then(answer => answer.categories),
  ]);
  ctx.state.categories = categories;
  return { template: plain(parseExact(text), ['effective']), page, uses, versions: versions.versions, categories };
}

const entry = (value, key) => value.entries.find(([each]) => each === key)?.[1];

function shown(field, value, categories) {
  if (field === 'categoryId' && value.kind === 'string') return visibleText(categories.find(each => each.id === value.text)?.name ?? value.text);
  return value.kind === 'string' ? visibleText(value.text) : html`<code>${visibleText(writeCompact(value))}</code>`;
}

/** What holds, a line for each field and each key of properties. */
function held({ template, categories, tenant }) {
  const names = new Map(template.chain.map(each => [each.id, each.name]));
  const from = key => {
    const id = template.inherited[key];
    return id ? html`<a href=${templateAddress(id, tenant)}>${visibleText(names.get(id) ?? id)}</a>` : html`<span class="muted">${w.ownValue}</span>`;
  };
  const line = (key, label, value) => html`<tr><th scope="row">${label}</th><td class="wide lead"><span class="wrap">${value}</span></td><td data-l=${w.fromWhom}>${from(key)}</td></tr>`;
  const fields = Object.entries(w.holds).flatMap(([field, label]) => {
    const value = entry(template.effective, field);
    return value && !(value.kind === 'literal' && value.source === 'null') ? [line(field, label, shown(field, value, categories))] : [];
  });
  const keys = OBJECTS.flatMap(object => (entry(template.effective, object)?.entries ?? []).map(([key, value]) => line(`${object}.${key}`, html`<span class="muted">${w.objects[object]}</span> <code>${visibleText(key)}</code>`, shown('', value, categories))));
  const lines = [...fields, ...keys];
  return html`<section class="card" aria-labelledby="held"><header><h2 id="held">${w.held}</h2><span class="muted small">${w.joined[template.inherit]}</span></header>${lines.length ? html`<table class="table flow"><thead><tr><th scope="col">${w.field}</th><th scope="col">${w.holdsValue}</th><th scope="col">${w.fromWhom}</th></tr></thead><tbody>${lines}</tbody></table>` : empty({ glyph: 'copy', title: w.holdsNothing, text: w.holdsNothingText })}</section>`;
}

function rules({ template, tenant }) {
  const value = entry(template.effective, 'validationRules');
  if (!value?.entries?.length) return nothing;
  const id = template.inherited.validationRules;
  const of = id && template.chain.find(each => each.id === id);
  return html`<section class="card" aria-labelledby="rules"><header><h2 id="rules">${w.rules}</h2><span class="muted small">${id ? html`${w.rulesOf} <a href=${templateAddress(id, tenant)}>${visibleText(of?.name ?? id)}</a>` : w.rulesOwn}</span></header><div class="body">${tree(value, w.rules)}</div></section>`;
}

const lineage = ({ template, tenant }) => html`<nav class="row small" aria-label=${w.chain}><a href=${address({ tenant, view: 'tree' })}>${w.top}</a>${template.chain.map((each, i) => html`<span class="muted" aria-hidden="true">/</span>${i === template.chain.length - 1 ? html`<strong>${visibleText(each.name)}</strong>` : html`<a href=${templateAddress(each.id, tenant)}>${visibleText(each.name)}</a>`}`)}</nav>`;

function favourite({ template, uses, tenant }, ctx) {
  const path = `${api.path`/api/templates/${template.id}`}/favourite${api.query({ tenant })}`;
  return action({ label: uses.favourite ? w.dropFavourite : w.addFavourite, glyph: 'bookmark', small: true, role: 'viewer', on: async () => { await perform(() => uses.favourite ? api.del(path) : api.put(path)); ctx.reload(); } });
}

function about(data, ctx) {
  const { template, uses } = data;
  return html`<section class="card" aria-labelledby="about"><header><h2 id="about">${w.about}</h2><div class="row">${favourite(data, ctx)}</div></header>${facts([
    [w.status, badge(LOOK[template.status], template.status)], [w.kind, w.kinds[template.kind]], [w.version, String(template.version)],
    [w.tags, template.tags.length ? html`<span class="row">${template.tags.map(tag => html`<a class="tag" href=${address({ tenant: data.tenant, tags: tag.name })}>${visibleText(tag.name)}${tag.value ? `: ${visibleText(tag.value)}` : nothing}</a>`)}</span>` : null],
    [w.seen, [template.isPublic ? w.isPublic : null, template.isSystem ? w.system : null].filter(Boolean).join(', ')],
    [w.used, html`${w.times(f.count(uses.usageCount), uses.usageCount)}${uses.lastUsedAt ? html`, ${ago(uses.lastUsedAt)}` : nothing}`], [w.favourites, f.count(uses.favourites)],
    [w.changed, html`${ago(template.updatedAt)}, ${visibleText(template.updatedBy)}`], [w.created, html`${ago(template.createdAt)}, ${visibleText(template.createdBy)}`],
    [w.id, html`<code class="wrap">${template.id}</code>`],
  ])}</section>`;
}

const versionsCard = ({ versions }) => versions.length ? html`<section class="card" aria-labelledby="versions"><header><h2 id="versions">${w.versions}</h2></header><ul class="feed">${versions.map(each => html`<li><span class="muted">${each.version}</span><span></span><p>${visibleText(each.name)}<small>${ago(each.updatedAt)}, ${visibleText(each.updatedBy)}</small></p></li>`)}</ul></section>` : nothing;

const usesCard = ({ uses }) => uses.latest.length ? html`<section class="card" aria-labelledby="uses"><header><h2 id="uses">${w.latestUses}</h2></header><ul class="feed">${uses.latest.slice(0, VERSIONS).map(each => html`<li>${ago(each.usedAt)}<span></span><p>${visibleText(each.type)}${each.outcome ? html`: ${visibleText(each.outcome)}` : nothing}<small>${w.versionUsed(each.templateVersion)}</small></p></li>`)}</ul></section>` : nothing;

export function draw(data, ctx) {
  const { template, page, tenant } = data;
  return html`${lineage(data)}
    <div class="split"><div>${held(data)}
      <section class="card" aria-labelledby="below"><header><h2 id="below">${w.belowTitle}</h2>${page.templates.length ? selectionBar(ctx, tenant) : html`<span class="muted small">${w.noneBelow}</span>`}</header>${page.templates.length ? table(page.templates, ctx, tenant) : nothing}${pager(page, ctx, after => `${templateAddress(template.id, tenant)}${after ? `&after=${encodeURIComponent(after)}` : ''}`)}</section>
      ${rules(data)}</div>
    <div>${about(data, ctx)}${usesCard(data)}${versionsCard(data)}</div></div>`;
}
