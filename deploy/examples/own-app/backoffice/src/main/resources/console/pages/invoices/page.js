// The latest invoices that were written, from what the API tells of jobs.
import { html, repeat } from '../../kit/html.js';
import * as api from '../../kit/api.js';
import { ago, badge, empty } from '../../kit/parts.js';
import { visibleText } from '../../kit/tree.js';

export const title = () => 'Invoices';
export const every = 5000;
export const topics = ['jobs'];

export const load = ctx => api.get('/api/jobs?type=invoices.write&state=completed&limit=50', { signal: ctx.signal });

const row = job => html`<tr>
  <th scope="row" class="wide"><a href=${api.path`/console/jobs/${job.id}`}>${visibleText(job.id)}</a></th>
  <td>${badge(job.state)}</td>
  <td>${ago(job.endedAt ?? job.enqueuedAt)}</td></tr>`;

export const draw = data => html`<section class="card" aria-labelledby="invoices">
  <header><h2 id="invoices">Invoices</h2></header>
  ${data.jobs.length
    ? html`<table class="table flow"><thead><tr><th scope="col">Job</th><th scope="col">State</th><th scope="col">Written</th></tr></thead>
        <tbody>${repeat(data.jobs, job => job.id, row)}</tbody></table>`
    : empty({ title: 'No invoices yet', text: 'They appear here when an order of the shop has been worked off.' })}</section>`;
