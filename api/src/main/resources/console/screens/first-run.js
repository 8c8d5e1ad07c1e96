// Nothing here yet: three commands to the first job, and a button that does it.
import { html, nothing } from '../kit/html.js';
import { m } from '../messages/en.js';
import * as api from '../kit/api.js';
import { icon, glyph, copyButton, action } from '../kit/parts.js';
import { perform } from '../kit/dialog.js';

export const title = () => m.nav.overview;
export const every = 3000;
export const topics = ['queues'];

const SAMPLE = 'diagnostics.ping';

export async function load(ctx) {
  const [types, workers] = await Promise.all([api.get('/api/job-types', { signal: ctx.signal }), api.optional(api.get('/api/workers', { signal: ctx.signal }))]);
  const names = (types.jobTypes).map?.(type => type.name) ?? [];
  return { type: names.includes(SAMPLE) ? SAMPLE : null, workers: workers?.totals?.alive };
}

const command = text => html`<div class="cmd"><pre class="code" tabindex="0">${text}</pre>${copyButton(text, m.first.copyCommand)}</div>`;

export function draw(data, ctx) {
  const enqueue = async () => {
    const job = await perform(() => api.post(api.path`/api/jobs/${SAMPLE}`, { payload: {} }));
    if (job) ctx.go(api.path`/console/jobs/${job.jobId ?? job.id}`);
  };
  const origin = location.origin;
  return html`<div class="first"><div class="stack"><h2>${m.first.heading}</h2><p class="soft">${data.workers === undefined ? m.first.nothing : m.first.state(data.workers)}</p></div>
    <ol class="card steps"><li class=${data.workers ? 'done' : ''}><div><h3>${m.first.start}</h3><p class="soft">${glyph('completed')} ${m.first.apiRuns}</p>${command('deploy/local/up --workers 1')}</div></li>
      <li><div><h3>${m.first.key}</h3><p class="soft">${m.first.keyOnce}</p>${command(`export PENSTOCK_KEY=$(curl -s ${origin}/api/keys -H "Authorization: Bearer $PENSTOCK_ADMIN_KEY" \\\n  -H "Content-Type: application/json" -d '{"name": "first", "role": "operator", "expiresInDays": 1}' | sed 's/.*"key":"\\([^"]*\\)".*/\\1/')`)}</div></li>
      <li><div><h3>${m.first.enqueue}</h3>${command(`curl ${origin}/api/jobs/${SAMPLE} \\\n  -H "Authorization: Bearer $PENSTOCK_KEY" \\\n  -H "Content-Type: application/json" \\\n  -d '{"payload": {}}'`)}</div></li></ol>
    ${data.type ? html`<section class="card"><header><div class="hint"><h3>${m.first.without}</h3><p class="soft">${m.first.sample(html`<code>${SAMPLE}</code>`)}</p></div><div class="row">${action({ label: m.first.button, glyph: 'play', primary: true, on: enqueue })}</div></header></section>` : nothing}
    <p class="small muted row"><span class="btn live s quiet">${m.first.listening}</span> ${m.first.turns} <a class="push" href="/console/queues">${m.nav.queues}${icon('right')}</a></p></div>`;
}
