// The four charts of the overview and of a queue: throughput, failures, wait, backlog.
import { html } from '../kit/html.js';
import { m } from '../messages/en.js';
import * as f from '../kit/format.js';
import { chartFigure } from '../kit/chart.js';
import { segments } from '../kit/parts.js';

export const WINDOWS = ['1m', '15m', '1h', '6h', '24h', '7d'];

export const windowChoice = (window, ctx) => segments(m.charts.range, WINDOWS.map(value => [value, m.charts.windows[value]]), window, value => ctx.setQuery({ window: value === '1h' ? null : value }, { replace: true }));

const lastOf = data => data?.findLast(v => v !== null && v !== undefined);
const memo = new WeakMap();

/** Charts are made once for each answer, so that a redraw of the page does not draw them again. */
export function charts({ series, window, ctx, boundMs, problems = [], withChoice = true }) {
  const made = memo.get(series) ?? memo.set(series, make(series, boundMs, problems)).get(series);
  return html`${withChoice ? html`<div class="row"><div class="push">${windowChoice(window, ctx)}</div></div>` : ''}
    <h2 class="sr">${m.charts.label(m.charts.windows[window])}</h2><section class="charts" aria-label=${m.charts.label(m.charts.windows[window])}>
      ${chartFigure({ title: m.charts.throughput, value: f.decimal(lastOf(series.completed) ?? 0), unit: m.units.perSecond, finding: m.charts.throughputFinding(f.decimal(lastOf(series.completed) ?? 0), f.decimal(lastOf(series.enqueued) ?? 0)), keys: [{ name: m.charts.completed, cls: 'line k-completed' }, { name: m.charts.enqueued, cls: 'line k-soft dash' }], chart: made.throughput })}
      ${chartFigure({ title: m.charts.failures, value: f.decimal((lastOf(series.died) ?? 0) + (lastOf(series.failed) ?? 0)), unit: m.units.perMinute, severity: lastOf(series.died) > 0 ? 'warning' : undefined, finding: m.charts.failuresFinding(f.decimal(lastOf(series.died) ?? 0), f.decimal(lastOf(series.failed) ?? 0)), keys: [{ name: m.charts.died, cls: 'f-dead', bar: true }, { name: m.charts.willRetry, cls: 'f-retrying soft-fill', bar: true }, { name: m.charts.deployment, cls: 'f-soft', flag: true }], chart: made.failures })}
      ${chartFigure({ title: m.charts.wait, value: f.duration(lastOf(series.oldestWaitMs) ?? 0), unit: m.charts.oldest, severity: boundMs && lastOf(series.oldestWaitMs) > boundMs ? 'critical' : undefined, finding: m.charts.waitFinding(f.duration(lastOf(series.waitP50Ms)), f.duration(lastOf(series.waitP99Ms)), f.duration(lastOf(series.oldestWaitMs))), keys: [{ name: m.charts.p50(f.duration(lastOf(series.waitP50Ms))), cls: 'line k-soft' }, { name: m.charts.p99(f.duration(lastOf(series.waitP99Ms))), cls: 'line k-ink' }, { name: m.charts.oldest, cls: 'line k-ink dash' }], chart: made.wait })}
      ${chartFigure({ title: m.charts.backlog, value: f.count(lastOf(series.waiting) ?? 0), unit: m.charts.waiting, finding: m.charts.backlogFinding(f.count(lastOf(series.waiting) ?? 0)), keys: [{ name: m.charts.waiting, cls: 'line k-waiting' }], chart: made.backlog })}
    </section>`;
}

function make(series, boundMs, problems) {
  const times = series.times.map(time => new Date(time).getTime());
  const marks = [
    ...(series.marks ?? []).filter(mark => mark.kind === 'deployment').map(mark => ({ kind: 'deploy', at: mark.at, text: `${mark.subject} ${mark.detail ?? ''}` })),
    ...problems.map((problem, i) => ({ kind: problem.severity === 'critical' ? 'critical' : 'warning', at: problem.since, n: i + 1 })),
  ];
  const shared = { times, marks, from: new Date(series.from).getTime(), to: new Date(series.to).getTime(), end: m.charts.now };
  const seconds = data => data?.map(v => v === null || v === undefined ? null : v / 1000) ?? [];
  const thousand = v => v >= 1e6 ? `${+(v / 1e6).toFixed(1)} M` : v >= 1000 ? `${+(v / 1000).toFixed(1)} k` : f.decimal(v);
  return {
    throughput: { ...shared, unit: m.charts.perSecond, format: thousand, series: [{ name: m.charts.completed, cls: 'k-completed', area: 'f-completed', data: series.completed }, { name: m.charts.enqueued, cls: 'k-soft dash', data: series.enqueued }] },
    failures: { ...shared, unit: m.charts.perMinute, format: thousand, bars: [{ name: m.charts.died, cls: 'f-dead', data: series.died }, { name: m.charts.willRetry, cls: 'f-retrying soft-fill', data: series.failed }] },
    wait: { ...shared, unit: m.charts.logScale, log: true, format: v => f.duration(v * 1000), bound: boundMs ? { value: boundMs / 1000, text: m.charts.bound(f.duration(boundMs)) } : undefined, series: [{ name: m.charts.p50Word, cls: 'k-soft', data: seconds(series.waitP50Ms) }, { name: m.charts.p99Word, cls: 'k-ink', data: seconds(series.waitP99Ms) }, { name: m.charts.oldest, cls: 'k-ink dash', data: seconds(series.oldestWaitMs) }] },
    backlog: { ...shared, unit: m.charts.jobs, format: thousand, series: [{ name: m.charts.waiting, cls: 'k-waiting', area: 'f-waiting', data: series.waiting }] },
  };
}
