// What the pages of product monitoring have in common. Texts of sellers are shown with what is invisible in them made visible.
import { html, nothing } from '../../kit/html.js';
import * as f from '../../kit/format.js';
import * as api from '../../kit/api.js';
import { ago, action, badge, empty } from '../../kit/parts.js';
import { perform, toast } from '../../kit/dialog.js';
import { visibleText } from '../../kit/tree.js';
import { words as w } from './words.js';

const IMPACT = { high: 'dead', medium: 'retrying', low: 'scheduled' };

export const known = value => value !== null && value !== undefined;
export const name = item => visibleText(item.title || item.asin);
export const money = (amount, currency) => known(amount) ? html`${Number(amount).toFixed(2)} <span class="u">${visibleText(currency ?? '')}</span>` : '–';
export const number = value => known(value) ? f.count(Number(value)) : '–';
export const stars = value => known(value) ? Number(value).toFixed(1) : '–';
export const place = value => known(value) ? `#${f.count(Number(value))}` : '–';
const FORMS = { rank: place, rating: stars, reviews: number };
/** A value as its metric is written; an amount where it is none of these. */
export const form = (metric, value, currency) => FORMS[metric] ? FORMS[metric](value) : metric === 'buy_box' ? visibleText(value ?? '–') : money(value, currency);

export const spanOf = ctx => w.spans[ctx.query.get('span')] ? Number(ctx.query.get('span')) : 30;
/** From the start of a minute, so that a chart that has not changed is not drawn again. */
export const from = days => new Date(Math.floor(Date.now() / 60000) * 60000 - days * 86400000).toISOString();

/** An object that stays the same as long as what it is made of does: charts are drawn when it is another one. */
export function kept(ctx, id, key, make) {
  ctx.state.kept ??= {};
  if (ctx.state.kept[id]?.key !== key) ctx.state.kept[id] = { key, value: make() };
  return ctx.state.kept[id].value;
}

export const impactBadge = impact => badge(IMPACT[impact], w.impacts[impact] ?? impact, true);

export const writer = analysis => analysis.writtenBy === 'model'
  ? w.byModel(visibleText(analysis.model ?? ''), analysis.promptVersion)
  : w.byRules(visibleText(analysis.rulesBecause ?? ''));

export const suggestionsTable = suggestions => suggestions.length ? html`<table class="table flow two"><thead><tr><th scope="col">${w.suggestion}</th><th scope="col">${w.reason}</th><th scope="col">${w.impact}</th></tr></thead><tbody>${suggestions.map(each => html`<tr><th scope="row" class="wide wrap">${visibleText(each.suggestion)}<span class="sub">${w.suggestionKinds[each.kind] ?? each.kind}</span></th><td class="wrap" data-l=${w.reason}>${visibleText(each.reason)}</td><td data-l=${w.impact}>${impactBadge(each.impact)}</td></tr>`)}</tbody></table>` : html`<p class="body muted">${w.noSuggestions}</p>`;

/** What an analysis says; who wrote it, and why. */
export const analysisCard = (analysis, id, heading, button) => html`<section class="card" aria-labelledby=${id}><header><h2 id=${id}>${heading}</h2>${analysis ? html`<span class="muted small">${ago(analysis.createdAt)}, ${writer(analysis)}</span>` : nothing}<div class="row">${button ?? nothing}</div></header>
  ${analysis ? html`<div class="body"><p><strong>${visibleText(analysis.summary)}</strong></p>${analysis.body.findings?.length ? html`<ul class="bullets">${analysis.body.findings.map(finding => html`<li>${visibleText(finding)}</li>`)}</ul>` : nothing}</div>${analysis.kind === 'trend' ? nothing : suggestionsTable(analysis.suggestions)}` : empty({ glyph: 'reports', title: w.noAnalysis, text: w.noAnalysisText })}</section>`;

/** Asks for an analysis, and says which job makes it. */
export const askButton = (label, body, ctx) => action({
  label, glyph: 'play', small: true,
  on: () => perform(async () => {
    const started = await api.post('/api/analyses', body);
    toast(html`${w.asked} <a href=${api.path`/console/jobs/${started.jobId}`}>${w.job}</a>`);
    ctx.reload();
  }),
});
