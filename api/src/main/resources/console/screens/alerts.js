// Alerts, raised ones first.
import { html } from '../kit/html.js';
import { m } from '../messages/en.js';
import * as f from '../kit/format.js';
import * as api from '../kit/api.js';
import { ago, empty, severityBadge } from '../kit/parts.js';
import { visibleText } from '../kit/tree.js';

export const title = () => m.nav.alerts;
export const every = 5000;
export const topics = ['overview'];

export const load = ctx => api.get('/api/alerts', { signal: ctx.signal });

export function draw({ alerts }) {
  const sorted = [...alerts].sort((a, b) => (b.state === 'raised') - (a.state === 'raised') || new Date(b.changedAt) - new Date(a.changedAt));
  return html`<section class="card" aria-label=${m.nav.alerts}>${sorted.length ? html`<table class="table flow two under-bar"><thead><tr><th scope="col">${m.alerts.alert}</th><th scope="col">${m.labels.state}</th><th scope="col" class="num">${m.alerts.raised}</th><th scope="col" class="num">${m.alerts.changed}</th><th scope="col" class="num">${m.alerts.times}</th></tr></thead><tbody>${sorted.map(alert => html`<tr data-severity=${alert.state === 'raised' ? alert.severity : 'ok'}><th scope="row" class="wide"><span class="clip" title=${visibleText(alert.summary)}>${visibleText(alert.summary)}</span><span class="sub"><code>${visibleText(alert.subject)}</code></span></th><td>${alert.state === 'raised' ? severityBadge(alert.severity, m.alerts.severities[alert.severity] ?? alert.severity) : severityBadge('ok', m.alerts.recovered, true)}</td><td class="num" data-l=${m.alerts.raised}>${ago(alert.raisedAt)}</td><td class="num" data-l=${m.alerts.changed}>${ago(alert.changedAt)}</td><td class="num" data-l=${m.alerts.times}>${f.count(alert.timesRaised)}</td></tr>`)}</tbody></table>` : empty({ glyph: 'check', title: m.alerts.none, text: m.alerts.noneText })}</section>`;
}
