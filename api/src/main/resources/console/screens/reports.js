// Performance reports, the latest first.
import { html, nothing } from '../kit/html.js';
import { m } from '../messages/en.js';
import * as f from '../kit/format.js';
import * as api from '../kit/api.js';
import { ago, action, empty, exactTime } from '../kit/parts.js';
import { perform, toast } from '../kit/dialog.js';

export const title = () => m.nav.reports;
export const every = 15000;

export const load = ctx => api.get('/api/reports?limit=50', { signal: ctx.signal });

async function make(ctx) {
  const answer = await perform(() => api.post('/api/reports', {}));
  if (answer) toast(html`${m.reports.beingMade} <a href=${api.path`/console/jobs/${answer.jobId}`}>${m.labels.job}</a>`);
  ctx.reload();
}

export const actions = (_, ctx) => [{ text: m.reports.make, icon: 'reports', role: 'operator', run: () => make(ctx) }];

export const draw = ({ reports }, ctx) => html`<div class="row"><span class="muted small">${m.reports.hint}</span><div class="row push">${action({ label: m.reports.make, glyph: 'play', on: () => make(ctx) })}</div></div>
  <section class="card" aria-label=${m.nav.reports}>${reports.length ? html`<table class="table flow under-bar"><thead><tr><th scope="col">${m.reports.period}</th><th scope="col" class="num">${m.reports.recommendations}</th><th scope="col" class="num">${m.reports.made}</th></tr></thead><tbody>${reports.map(report => html`<tr><th scope="row" class="wide"><a href=${api.path`/console/reports/${report.id}`}>${exactTime(report.begins, f.day(report.begins))} – ${exactTime(report.ends, f.day(report.ends))}</a></th><td class="num ${report.recommendations ? '' : 'zero'}" data-l=${m.reports.recommendations}>${report.recommendations}</td><td class="num" data-l=${m.reports.made}>${ago(report.createdAt)}</td></tr>`)}</tbody></table>` : empty({ glyph: 'reports', title: m.reports.none, text: m.reports.noneText })}${nothing}</section>`;
