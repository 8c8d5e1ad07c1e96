// The offers' page: an example of what a workload adds to the console from its own package. The offers found, the latest
// conversion first; one offer's history as a chart; the sweeps under way.
import { html, nothing, repeat } from '../../kit/html.js';
import * as f from '../../kit/format.js';
import * as api from '../../kit/api.js';
import { ago, badge, empty, icon, tile, debounce } from '../../kit/parts.js';
import { chartFigure } from '../../kit/chart.js';
import { drawer } from '../../kit/dialog.js';
import { visibleText } from '../../kit/tree.js';
import { words as w } from './words.js';

export const title = () => w.title;
export const every = 5000;

const PAGE = 50;
const STATUSES = ['', 'Active', 'Paused', 'Blocked'];
const LOOK = { Active: 'completed', Paused: 'paused', Blocked: 'dead', Unknown: 'cancelled' };
const MOST_SNAPSHOTS = 200;

export async function load(ctx) {
  const options = { signal: ctx.signal };
  const status = ctx.query.get('status') ?? '';
  const offset = Number(ctx.query.get('offset') ?? 0);
  const [page, sweeps, history] = await Promise.all([
    api.get(`/api/offers${api.query({ status, text: ctx.query.get('text'), limit: PAGE, offset: offset || null })}`, options),
    api.optional(api.get('/api/batches?type=offers.sweep&limit=5', options)),
    ctx.params.id ? api.optional(api.get(api.path`/api/offers/${ctx.params.id}/history` + `?limit=${MOST_SNAPSHOTS}`, options)) : null,
  ]);
  return { page, status, offset, sweeps: sweeps?.batches ?? [], history, offer: page.offers.find(offer => offer.offerId === ctx.params.id) ?? (ctx.params.id ? await api.optional(api.get(api.path`/api/offers/${ctx.params.id}`, options)) : null) };
}

/** Seconds since the last conversion, and the payout where it is known, as they were at each snapshot. */
function historyDrawer({ offer, history }, ctx) {
  const snapshots = [...(history?.snapshots ?? [])].reverse();
  const times = snapshots.map(snapshot => new Date(snapshot.takenAt).getTime());
  const key = snapshots.length ? `${snapshots[0].takenAt} ${snapshots.at(-1).takenAt}` : '';
  if (ctx.state.chartOf !== key) {
    const withPayout = snapshots.some(snapshot => snapshot.payout !== null && snapshot.payout !== undefined);
    Object.assign(ctx.state, { chartOf: key, charts: { conversion: { times, unit: w.sinceConversion, format: v => f.rough(v * 1000), series: [{ name: w.conversion, cls: 'k-ink', area: 'f-waiting', data: snapshots.map(snapshot => snapshot.lastConversionSeconds ?? null) }] }, payout: withPayout ? { times, unit: offer.currency ?? '', series: [{ name: w.payout, cls: 'k-completed', data: snapshots.map(snapshot => snapshot.payout ?? null) }] } : null } });
  }
  const { conversion, payout } = ctx.state.charts;
  return drawer({
    title: visibleText(offer.name ?? offer.offerId), tag: offer.offerId, onClose: () => ctx.go(`/console/offers${location.search}`, { replace: true }),
    body: html`<p class="row">${badge(LOOK[offer.status], offer.status)}<span class="muted small">${w.firstSeen} ${ago(offer.firstSeenAt)}, ${w.fetched} ${ago(offer.fetchedAt)}</span></p>
      ${snapshots.length > 1 ? html`${chartFigure({ title: w.conversion, value: offer.lastConversionSeconds === null || offer.lastConversionSeconds === undefined ? '–' : f.duration(offer.lastConversionSeconds * 1000), unit: w.atLastLook, finding: w.chartFinding(snapshots.length), chart: conversion })}
        ${payout ? chartFigure({ title: w.payout, value: String(offer.payout ?? '–'), unit: offer.currency ?? '', finding: w.payoutFinding(snapshots.length), chart: payout }) : nothing}` : empty({ glyph: 'reports', title: w.noHistory })}
      <div class="scroll" tabindex="0" role="group" aria-label=${w.history}><table class="table"><thead><tr><th scope="col">${w.when(f.zone())}</th><th scope="col">${w.status}</th><th scope="col" class="num">${w.payout}</th><th scope="col" class="num">${w.conversion}</th></tr></thead><tbody>${[...snapshots].reverse().slice(0, 50).map(snapshot => html`<tr><th scope="row">${f.short(snapshot.takenAt)}</th><td>${badge(LOOK[snapshot.status], snapshot.status, true)}</td><td class="num">${snapshot.payout ?? '–'}</td><td class="num">${snapshot.lastConversionSeconds === null || snapshot.lastConversionSeconds === undefined ? '–' : f.duration(snapshot.lastConversionSeconds * 1000)}</td></tr>`)}</tbody></table></div>`,
  });
}

export const beside = (data, ctx) => data?.offer && ctx.params.id ? historyDrawer(data, ctx) : nothing;

const search = debounce((text, ctx) => ctx.setQuery({ text, offset: null }, { replace: true }), 300);

export function draw({ page, status, offset, sweeps }, ctx) {
  const running = sweeps.find(sweep => sweep.status === 'running');
  const link = changes => `/console/offers${api.query({ status, text: ctx.query.get('text'), offset: offset || null, ...changes })}`;
  return html`<div class="row"><div class="filter" role="search">${icon('search')}<input aria-label=${w.filter} placeholder=${w.filter} .value=${ctx.query.get('text') ?? ''} @input=${event => search(event.target.value, ctx)}></div>
      <div class="seg" role="group" aria-label=${w.status}>${STATUSES.map(each => html`<button type="button" aria-pressed=${String(each === status)} @click=${() => ctx.setQuery({ status: each, offset: null })}>${each || w.all}</button>`)}</div></div>
    <div class="tiles">${tile({ label: w.found, value: f.count(page.total), text: status || w.anyStatus })}${tile({ label: w.latest, value: page.offers[0]?.lastConvertedAt ? ago(page.offers[0].lastConvertedAt) : '–', text: page.offers[0]?.name ?? '' })}${tile({ label: w.sweep, value: running ? f.percent(running.progress / 100) : sweeps[0] ? ago(sweeps[0].finishedAt ?? sweeps[0].createdAt) : '–', text: running ? w.sweepRuns : sweeps[0]?.status ?? w.noSweep, href: running || sweeps[0] ? api.path`/console/batches/${(running ?? sweeps[0]).id}` : undefined })}</div>
    <section class="card" aria-labelledby="offers"><header><h2 id="offers">${w.title}</h2><span class="muted small">${w.latestFirst(page.total ? offset + 1 : 0, offset + page.offers.length, f.count(page.total))}</span><div class="row">${offset ? html`<a class="btn s" href=${link({ offset: Math.max(0, offset - PAGE) || null })}>${w.newer}</a>` : nothing}${offset + page.offers.length < page.total ? html`<a class="btn s" href=${link({ offset: offset + PAGE })}>${w.older}</a>` : nothing}</div></header>
      ${page.offers.length ? html`<table class="table flow two under-bar"><thead><tr><th scope="col">${w.offer}</th><th scope="col">${w.status}</th><th scope="col">${w.country}</th><th scope="col">${w.vertical}</th><th scope="col" class="num">${w.payout}</th><th scope="col" class="num">${w.cap}</th><th scope="col" class="num">${w.conversion}</th></tr></thead><tbody>${repeat(page.offers, offer => offer.offerId, offer => html`<tr aria-selected=${String(offer.offerId === ctx.params.id)}><th scope="row" class="wide"><span class="clip"><a href="${api.path`/console/offers/${offer.offerId}`}${location.search}">${visibleText(offer.name ?? offer.offerId)}</a></span><span class="sub"><code>${visibleText(offer.offerId)}</code></span></th><td>${badge(LOOK[offer.status], offer.status, true)}</td><td data-l=${w.country}>${visibleText(offer.countryName ?? offer.country ?? '–')}</td><td data-l=${w.vertical}>${visibleText(offer.vertical ?? '–')}</td><td class="num" data-l=${w.payout}>${offer.payout === null || offer.payout === undefined ? '–' : html`${offer.payout} <span class="u">${offer.currency ?? ''}</span>`}</td><td class="num" data-l=${w.cap}>${offer.dailyCapUnlimited ? w.unlimited : f.count(offer.dailyCap)}</td><td class="num" data-l=${w.conversion}>${ago(offer.lastConvertedAt)}</td></tr>`)}</tbody></table>` : empty({ glyph: 'search', title: w.none, text: w.noneText })}</section>`;
}

