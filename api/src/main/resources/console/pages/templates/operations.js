// Operations on many templates: their progress, and the way back.
import { html, nothing, repeat } from '../../kit/html.js';
import * as f from '../../kit/format.js';
import * as api from '../../kit/api.js';
import { ago, badge, action, empty, stackedMeter } from '../../kit/parts.js';
import { ask, toast } from '../../kit/dialog.js';
import { visibleText } from '../../kit/tree.js';
import { words as w } from './words.js';
import { PAGE } from './parts.js';

const BASE = '/api/templates/bulk';

export async function load(ctx, tenant) {
  const options = { signal: ctx.signal };
  const [operations, backups] = await Promise.all([
    api.get(`${BASE}/operations${api.query({ tenant })}`, options),
    api.get(`${BASE}/backups${api.query({ tenant, limit: PAGE })}`, options),
  ]);
  return { operations: operations.operations, backups: new Map(backups.backups.map(each => [each.batchId, each])) };
}

async function restore(ctx, tenant, operation, backup) {
  const started = await ask({
    title: w.restoreTitle(backup.templates), verb: w.restoreVerb, danger: true,
    body: (state, redraw) => html`<p>${w.restoreText}</p><label class="row"><input type="checkbox" .checked=${Boolean(state.force)} @change=${event => { state.force = event.target.checked; redraw(); }}>${w.restoreForce}</label>`,
    act: state => api.post(`${BASE}/restore`, { tenant, batchId: operation.batchId, conflict: state.force ? 'override' : 'skip' }),
  });
  if (started) {
    toast(html`${w.restoring} <a href=${api.path`/console/batches/${started.batchId}`}>${w.operation}</a>`);
    ctx.reload();
  }
}

function bar({ total, completed, skipped, failed }) {
  const share = n => total ? n / total : 0;
  return stackedMeter([{ share: share(completed), cls: 'f-completed' }, { share: share(skipped), cls: 'f-cancelled' }, { share: share(failed), cls: 'f-dead' }], w.ended(f.count(completed + skipped + failed), f.count(total)));
}

/** A number of templates that leads to them, with why. */
const ended = (operation, state, label) => html`<td class="num ${operation[state] ? '' : 'zero'}" data-l=${label}>${operation[state] ? html`<a href="${api.path`/console/batches/${operation.batchId}`}?items=${state}">${f.count(operation[state])}</a>` : '0'}</td>`;

function row(operation, backup, ctx, tenant) {
  const made = Object.entries(operation.result).filter(([name]) => ['created', 'updated', 'restored'].includes(name)).reduce((sum, [, n]) => sum + n, 0);
  return html`<tr><th scope="row" class="wide"><a href=${api.path`/console/batches/${operation.batchId}`}>${w.types[operation.type]}</a><span class="sub">${visibleText(operation.name ?? '')}</span></th><td>${badge(operation.status === 'partial_success' ? 'retrying' : operation.status, operation.status.replace('_', ' '), true)}</td>
    <td data-l=${w.progress}><span class="pair">${bar(operation)}<span>${f.percent(operation.progress / 100)}</span></span></td><td class="num" data-l=${w.templates}>${f.count(operation.total)}</td><td class="num ${made ? '' : 'zero'}" data-l=${w.result}>${f.count(made)}</td>${ended(operation, 'skipped', w.skipped)}${ended(operation, 'failed', w.failed)}<td class="num" data-l=${w.when}>${ago(operation.createdAt)}</td>
    <td class="acts">${backup && backup.restored < backup.templates ? action({ label: w.restore, glyph: 'undo', small: true, on: () => restore(ctx, tenant, operation, backup) }) : backup ? html`<span class="muted small">${w.restored}</span>` : nothing}</td></tr>`;
}

export const draw = ({ tenant, operations, backups }, ctx) => html`<section class="card" aria-labelledby="operations"><header><h2 id="operations">${w.operations}</h2><span class="muted small">${w.operationsText}</span></header>
  ${operations.length ? html`<table class="table flow two under-bar"><thead><tr><th scope="col">${w.operationName}</th><th scope="col">${w.status}</th><th scope="col">${w.progress}</th><th scope="col" class="num">${w.templates}</th><th scope="col" class="num">${w.result}</th><th scope="col" class="num">${w.skipped}</th><th scope="col" class="num">${w.failed}</th><th scope="col" class="num">${w.when}</th><th scope="col"><span class="sr">${w.actions}</span></th></tr></thead><tbody>${repeat(operations, operation => operation.batchId, operation => row(operation, backups.get(operation.batchId), ctx, tenant))}</tbody></table>` : empty({ glyph: 'batches', title: w.noOperations, text: w.noOperationsText })}</section>`;
