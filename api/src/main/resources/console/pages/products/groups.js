// A product and its competitors: side by side as they are, over time, and what was made of it.
import { html, nothing } from '../../kit/html.js';
import * as api from '../../kit/api.js';
import { segments } from '../../kit/parts.js';
import { chartFigure } from '../../kit/chart.js';
import { visibleText } from '../../kit/tree.js';
import { words as w } from './words.js';
import { analysisCard, askButton, form, from, kept, known, money, name, number, place, spanOf, stars } from './parts.js';

const METRICS = ['price', 'rank', 'rating', 'reviews'];
/** The main product is in ink; competitors have the other colours of lines. */
const LINES = ['k-ink', 'k-waiting', 'k-completed', 'k-retrying', 'k-active', 'k-dead'];
const SHORT = 28;

const metricOf = ctx => METRICS.includes(ctx.query.get('metric')) ? ctx.query.get('metric') : 'price';

export async function load(ctx, id) {
  const options = { signal: ctx.signal };
  const [group, history, analyses] = await Promise.all([
    api.get(api.path`/api/products/groups/${id}`, options),
    api.get(`${api.path`/api/products/groups/${id}/history`}${api.query({ metric: metricOf(ctx), from: from(spanOf(ctx)) })}`, options),
    api.get(`/api/analyses${api.query({ kind: 'competitor', groupId: id, limit: 1 })}`, options),
  ]);
  return { group, history, analysis: analyses.analyses[0] };
}

/** Products are read at different times: between two readings a value holds. */
function aligned(series) {
  const times = [...new Set(series.flatMap(each => each.points.map(point => new Date(point.at).getTime())))].sort((one, other) => one - other);
  return { times, data: series.map(each => {
    let next = 0;
    let value = null;
    return times.map(at => {
      while (next < each.points.length && new Date(each.points[next].at).getTime() <= at) {
        value = known(each.points[next].value) ? Number(each.points[next].value) : null;
        next += 1;
      }
      return value;
    });
  }) };
}

const short = text => { const plain = visibleText(text); return plain.length > SHORT ? `${plain.slice(0, SHORT - 1)}…` : plain; };

function comparison({ group, history }, ctx) {
  const metric = metricOf(ctx);
  const { currency } = group.main.item;
  const comparable = metric === 'price' ? history.series.filter((each, i) => i === 0 || each.currency === currency) : history.series;
  const key = `${metric} ${spanOf(ctx)} ${comparable.map(each => `${each.points.length} ${each.points.at(-1)?.at}`)}`;
  const chart = kept(ctx, 'comparison', key, () => {
    const { times, data } = aligned(comparable);
    return { times, unit: metric === 'price' ? currency ?? '' : metric === 'rating' ? w.stars : '', series: comparable.map((each, i) => ({ name: visibleText(each.asin), cls: LINES[i], data: data[i] })) };
  });
  return chart.times.length < 2 ? nothing : chartFigure({ title: w[metric], value: form(metric, group.main.item[{ price: 'price', rank: 'rank', rating: 'rating', reviews: 'reviewCount' }[metric]], currency), unit: w.main, tall: true, finding: w.compareFinding(w[metric], comparable.length), keys: comparable.map((each, i) => ({ name: short(each.title ?? each.asin), cls: `line ${LINES[i]}` })), chart });
}

const row = (item, main, trackedId) => html`<tr aria-selected=${String(main)}><th scope="row" class="wide"><span class="clip">${trackedId ? html`<a href=${api.path`/console/products/${trackedId}`}>${name(item)}</a>` : name(item)}</span><span class="sub"><code>${visibleText(item.asin)}</code>${main ? html` · ${w.main}` : nothing}</span></th><td class="num" data-l=${w.price}>${money(item.price, item.currency)}</td><td class="num" data-l=${w.rank}>${place(item.rank)}</td><td class="num" data-l=${w.rating}>${stars(item.rating)}</td><td class="num" data-l=${w.reviews}>${number(item.reviewCount)}</td><td class="num" data-l=${w.images}>${item.imageUrls.length}</td><td class="num" data-l=${w.features}>${item.features.length}</td><td data-l=${w.buyBox}>${visibleText(item.buyBox ?? '–')}</td></tr>`;

export function draw(data, ctx) {
  const { group } = data;
  return html`<section class="card" aria-labelledby="side"><header><h2 id="side">${w.sideBySide}</h2><span class="muted small">${w.competitors(group.competitors.length)}</span></header>
      <table class="table flow two"><thead><tr><th scope="col">${w.product}</th><th scope="col" class="num">${w.price}</th><th scope="col" class="num">${w.rank}</th><th scope="col" class="num">${w.rating}</th><th scope="col" class="num">${w.reviews}</th><th scope="col" class="num">${w.images}</th><th scope="col" class="num">${w.features}</th><th scope="col">${w.buyBox}</th></tr></thead><tbody>${row(group.main.item, true, group.main.id)}${group.competitors.map(item => row(item, false))}</tbody></table></section>
    <div class="row">${segments(w.metric, METRICS.map(metric => [metric, w[metric]]), metricOf(ctx), metric => ctx.setQuery({ metric }, { replace: true }))}${segments(w.span, Object.entries(w.spans), String(spanOf(ctx)), span => ctx.setQuery({ span }, { replace: true }))}</div>
    ${comparison(data, ctx)}
    ${analysisCard(data.analysis, 'analysis', w.analysis, askButton(w.compare, { kind: 'competitor', groupId: group.id }, ctx))}`;
}

export const title = data => data?.group ? visibleText(data.group.name) : w.group;
