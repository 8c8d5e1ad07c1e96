// One tracked product: its history with what moved, and what could be done better.
import { html, nothing } from '../../kit/html.js';
import * as f from '../../kit/format.js';
import * as api from '../../kit/api.js';
import { ago, badge, empty, facts, segments } from '../../kit/parts.js';
import { chartFigure } from '../../kit/chart.js';
import { visibleText } from '../../kit/tree.js';
import { words as w } from './words.js';
import { analysisCard, askButton, form, from, kept, known, money, name, number, place, spanOf, stars } from './parts.js';

const METRICS = ['price', 'rank', 'rating', 'reviews'];
const LINES = { price: 'k-ink', rank: 'k-waiting', rating: 'k-completed', reviews: 'k-active' };
/** What a pin can hold. */
const MOST_PINS = 9;
const MOST_ROWS = 50;
const STATUS = { ok: 'completed', new: 'scheduled', missing: 'dead', blocked: 'retrying' };

export async function load(ctx) {
  const options = { signal: ctx.signal };
  const { id } = ctx.params;
  const since = from(spanOf(ctx));
  const history = metric => api.get(`${api.path`/api/products/${id}/history`}${api.query({ metric, from: since })}`, options);
  const [product, anomalies, analyses, buyBox, ...histories] = await Promise.all([
    api.get(api.path`/api/products/${id}`, options),
    api.get(`${api.path`/api/products/${id}/anomalies`}${api.query({ from: since })}`, options),
    api.get(`/api/analyses${api.query({ kind: 'optimization', productId: id, limit: 1 })}`, options),
    history('buy_box'),
    ...METRICS.map(history),
  ]);
  return { product, anomalies: anomalies.anomalies, analysis: analyses.analyses[0], buyBox: buyBox.points, histories: Object.fromEntries(METRICS.map((metric, i) => [metric, histories[i].points])) };
}

/** The latest have a number, in the order of time; older ones are not marked. */
const numbered = anomalies => new Map(anomalies.slice(0, MOST_PINS).reverse().map((anomaly, i) => [anomaly.id, i + 1]));

function figure(metric, data, ctx, numbers) {
  const points = data.histories[metric];
  if (points.length < 2) return nothing;
  const { currency } = data.product.item;
  const moved = data.anomalies.filter(anomaly => anomaly.kind === metric && numbers.has(anomaly.id));
  const key = `${spanOf(ctx)} ${points.length} ${points[0].at} ${points.at(-1).at} ${points.at(-1).value} ${[...numbers.keys()]}`;
  const chart = kept(ctx, metric, key, () => ({
    times: points.map(point => new Date(point.at).getTime()),
    unit: metric === 'price' ? currency ?? '' : metric === 'rating' ? w.stars : '',
    series: [{ name: w[metric], cls: LINES[metric], data: points.map(point => known(point.value) ? Number(point.value) : null) }],
    marks: moved.map(anomaly => ({ kind: 'warning', at: anomaly.seenAt, n: numbers.get(anomaly.id) })),
  }));
  return chartFigure({ title: w[metric], value: form(metric, points.at(-1).value, currency), unit: w.now, finding: w.finding(w[metric], points.length, moved.length), chart });
}

const anomaliesCard = ({ anomalies, product }, numbers) => html`<section class="card" aria-labelledby="moved"><header><h2 id="moved">${w.anomalies}</h2><span class="muted small">${w.anomaliesText}</span></header>
  ${anomalies.length ? html`<table class="table flow two"><thead><tr><th scope="col">${w.what}</th><th scope="col">${w.when(f.zone())}</th><th scope="col" class="num">${w.before}</th><th scope="col" class="num">${w.after}</th><th scope="col" class="num">${w.change}</th></tr></thead><tbody>${anomalies.slice(0, MOST_ROWS).map(anomaly => html`<tr><th scope="row">${numbers.has(anomaly.id) ? html`<span class="tag">${numbers.get(anomaly.id)}</span> ` : nothing}${w.kinds[anomaly.kind] ?? anomaly.kind}</th><td>${f.short(anomaly.seenAt)}</td><td class="num" data-l=${w.before}>${form(anomaly.kind, anomaly.before, product.item.currency)}</td><td class="num" data-l=${w.after}>${form(anomaly.kind, anomaly.after, product.item.currency)}</td><td class="num" data-l=${w.change}>${known(anomaly.changePercent) ? `${anomaly.changePercent > 0 ? '+' : '−'}${Math.abs(anomaly.changePercent).toFixed(1)} %` : '–'}</td></tr>`)}</tbody></table>` : html`<p class="body muted">${w.noAnomalies}</p>`}</section>`;

/** Who had it, each time from when. */
const holders = points => points.filter((point, i) => i === 0 || point.text !== points[i - 1].text).reverse().slice(0, MOST_ROWS);

const buyBoxCard = points => points.length ? html`<section class="card" aria-labelledby="box"><header><h2 id="box">${w.buyBoxTitle}</h2></header><table class="table flow"><thead><tr><th scope="col">${w.seller}</th><th scope="col">${w.since(f.zone())}</th></tr></thead><tbody>${holders(points).map(point => html`<tr><th scope="row">${visibleText(point.text)}</th><td>${f.short(point.at)}</td></tr>`)}</tbody></table></section>` : nothing;

export function draw(data, ctx) {
  const { product } = data;
  const { item } = product;
  const numbers = numbered(data.anomalies);
  const figures = METRICS.filter(metric => data.histories[metric].length > 1);
  return html`<section class="card" aria-labelledby="item"><header><h2 id="item">${visibleText(item.asin)} <span class="tag">${item.marketplace}</span></h2>${badge(STATUS[item.status], w.status[item.status] ?? item.status)}<span class="muted small">${item.fetchedAt ? html`${w.read} ${ago(item.fetchedAt)}` : w.never}</span></header>
    ${facts([[w.price, html`${money(item.price, item.currency)}${known(item.listPrice) ? html` <span class="muted small">${w.listPrice} ${money(item.listPrice, item.currency)}</span>` : nothing}`], [w.rank, html`${place(item.rank)} <span class="muted small">${visibleText(item.rankCategory ?? '')}</span>`], [w.rating, w.rated(stars(item.rating), number(item.reviewCount))], [w.buyBox, visibleText(item.buyBox ?? '–')], [w.frequency, product.active ? w.frequencies[product.frequency] ?? product.frequency : w.off], [w.user, String(product.userId)], item.unreadable.length ? [w.unreadable, item.unreadable.join(', ')] : null])}</section>
    <div class="row">${segments(w.span, Object.entries(w.spans), String(spanOf(ctx)), span => ctx.setQuery({ span }, { replace: true }))}</div>
    ${figures.length ? html`<div class="charts pairs">${figures.map(metric => figure(metric, data, ctx, numbers))}</div>` : html`<section class="card">${empty({ glyph: 'reports', title: w.noHistory, text: w.noHistoryText })}</section>`}
    ${anomaliesCard(data, numbers)}
    ${analysisCard(data.analysis, 'suggestions', w.suggestions, askButton(w.optimize, { kind: 'optimization', productId: product.id }, ctx))}
    ${buyBoxCard(data.buyBox)}`;
}

export const title = data => data?.product ? name(data.product.item) : w.product;
