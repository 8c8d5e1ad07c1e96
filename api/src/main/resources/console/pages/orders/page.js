// The shop's page: orders of a state, those that expire first at the top, and what is left of the latest concerts' tickets.
import { html, nothing, repeat } from '../../kit/html.js';
import * as f from '../../kit/format.js';
import * as api from '../../kit/api.js';
import { ago, badge, empty, exactTime, meter, tile, action } from '../../kit/parts.js';
import { ask, toast } from '../../kit/dialog.js';
import { visibleText } from '../../kit/tree.js';
import { words as w } from './words.js';

export const title = () => w.title;
export const every = 3000;

const PAGE = 50;
const CONCERTS = 3;
const STATES = ['pending', 'paid', 'expired', 'cancelled'];
const LOOK = { pending: 'waiting', paid: 'completed', expired: 'skipped', cancelled: 'cancelled' };

export async function load(ctx) {
  const options = { signal: ctx.signal };
  const state = STATES.includes(ctx.query.get('state')) ? ctx.query.get('state') : 'pending';
  const [page, counts, concerts] = await Promise.all([
    api.get(`/api/orders${api.query({ state, after: ctx.query.get('after'), limit: PAGE })}`, options),
    api.get('/api/orders/counts', options),
    api.optional(api.get(`/api/concerts?limit=${CONCERTS}`, options)),
  ]);
  const stock = await Promise.all((concerts?.concerts ?? []).map(concert => api.optional(api.get(api.path`/api/concerts/${concert.id}/availability`, options))));
  return { state, page, counts, stock: stock.filter(Boolean) };
}

const money = (cents, currency) => html`${(cents / 100).toFixed(2)} <span class="u">${currency}</span>`;

async function cancel(order, ctx) {
  const done = await ask({ title: w.cancelTitle, verb: w.cancel, danger: true, body: () => html`<p>${w.cancelText(order.quantity)}</p><ul class="sample"><li><code>${order.id}</code><span>${visibleText(order.email)}</span></li></ul>`, act: async () => { await api.post(api.path`/api/orders/${order.id}/cancel`); toast(w.cancelled); } });
  if (done) ctx.reload();
}

/** Time left of a hold, or when the order ended. */
const ends = order => order.state === 'pending'
  ? html`<span title=${f.exact(order.expiresAt)}>${order.secondsLeft ? w.left(f.duration(order.secondsLeft * 1000)) : w.due}</span>`
  : ago(order.endedAt);

const table = ({ state, page }, ctx) => html`<table class="table flow two under-bar"><thead><tr><th scope="col">${w.order}</th><th scope="col">${w.state}</th><th scope="col" class="num">${w.tickets}</th><th scope="col" class="num">${w.amount}</th><th scope="col" class="num">${w.held}</th><th scope="col" class="num">${state === 'pending' ? w.ends : w.ended}</th>${state === 'pending' ? html`<th scope="col"><span class="sr">${w.actions}</span></th>` : nothing}</tr></thead><tbody>${repeat(page.orders, order => order.id, order => html`<tr><th scope="row" class="wide"><span class="clip">${visibleText(order.email)}</span><span class="sub"><code>${order.id}</code></span></th><td>${badge(LOOK[order.state], w.states[order.state], true)}</td><td class="num" data-l=${w.tickets}>${f.count(order.quantity)}</td><td class="num" data-l=${w.amount}>${money(order.amountCents, order.currency)}</td><td class="num" data-l=${w.held}>${exactTime(order.createdAt, f.short(order.createdAt))}</td><td class="num" data-l=${state === 'pending' ? w.ends : w.ended}>${ends(order)}</td>${state === 'pending' ? html`<td class="acts">${action({ label: w.cancel, glyph: 'close', small: true, on: () => cancel(order, ctx) })}</td>` : nothing}</tr>`)}</tbody></table>`;

const concertCard = ({ concert, sessions }) => html`<section class="card flush" aria-labelledby="concert-${concert.id}"><header><h2 id="concert-${concert.id}" class="clip">${visibleText(concert.name)}</h2><span class="muted small clip">${visibleText(concert.venue)}</span></header>
  <table class="table flow two"><thead><tr><th scope="col">${w.type}</th><th scope="col" class="num">${w.price}</th><th scope="col" class="num">${w.available}</th><th scope="col">${w.taken}</th></tr></thead><tbody>${sessions.flatMap(session => session.ticketTypes.map(type => html`<tr><th scope="row"><span class="clip">${visibleText(type.name)}</span><span class="sub">${exactTime(session.startsAt, f.short(session.startsAt))}</span></th><td class="num" data-l=${w.price}>${money(type.priceCents, type.currency)}</td><td class="num" data-l=${w.available}>${f.count(type.available)} <span class="u">${w.of} ${f.count(type.capacity)}</span></td><td>${meter(type.capacity ? 1 - type.available / type.capacity : 0, { label: w.takenShare(f.percent(type.capacity ? 1 - type.available / type.capacity : 0)) })}</td></tr>`))}</tbody></table></section>`;

export function draw(data, ctx) {
  const { state, page, counts, stock } = data;
  const counted = each => { const n = counts.counts[each] ?? 0; return `${f.count(n)}${n >= counts.countedUpTo ? '+' : ''}`; };
  return html`<div class="tiles">${STATES.map(each => tile({ state: LOOK[each], label: w.states[each], value: counted(each), href: `/console/orders${each === 'pending' ? '' : `?state=${each}`}` }))}</div>
    <section class="card" aria-labelledby="orders"><header><h2 id="orders">${w.title}</h2><div class="row push"><div class="seg" role="group" aria-label=${w.state}>${STATES.map(each => html`<button type="button" aria-pressed=${String(each === state)} @click=${() => ctx.setQuery({ state: each === 'pending' ? null : each, after: null })}>${w.states[each]}</button>`)}</div></div></header>
      ${page.orders.length ? table(data, ctx) : empty({ glyph: 'check', title: w.none(w.states[state]), text: w.noneText })}
      ${page.next ? html`<p class="body"><a class="btn s" href="/console/orders${api.query({ state: state === 'pending' ? null : state, after: page.next })}">${w.more}</a></p>` : nothing}</section>
    ${stock.length ? html`<h2 class="sr">${w.stock}</h2>${stock.map(concertCard)}` : nothing}`;
}
