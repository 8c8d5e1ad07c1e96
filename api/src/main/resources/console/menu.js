// The screens, their addresses and keys, and the menu. Pages of workloads are added by the server (see ConsolePage).
import { html, nothing } from './kit/html.js';
import { m } from './messages/en.js';
import { icon } from './kit/parts.js';
import * as f from './kit/format.js';
import { openPalette } from './kit/palette.js';
import { may, session } from './kit/api.js';

const data = document.documentElement.dataset;
const added = JSON.parse(data.pages || '[]');

const SCREENS = [
  { id: 'overview', key: 'o', icon: 'overview', href: '/console', screen: () => import('./screens/overview.js') },
  { id: 'queues', key: 'q', icon: 'queues', section: 'work', screen: () => import('./screens/queues.js'), one: () => import('./screens/queue.js') },
  { id: 'jobs', key: 'j', icon: 'jobs', section: 'work', screen: () => import('./screens/jobs.js'), one: () => import('./screens/job.js') },
  { id: 'batches', key: 'b', icon: 'batches', section: 'work', screen: () => import('./screens/batches.js'), one: () => import('./screens/batch.js') },
  { id: 'schedules', key: 's', icon: 'schedules', section: 'work', screen: () => import('./screens/schedules.js'), one: () => import('./screens/schedules.js') },
  { id: 'workers', key: 'w', icon: 'workers', section: 'machinery', screen: () => import('./screens/workers.js') },
  { id: 'flow', key: 'f', icon: 'flow', section: 'machinery', screen: () => import('./screens/flow.js') },
  { id: 'cache', key: 'c', icon: 'cache', section: 'machinery', screen: () => import('./screens/cache.js') },
  { id: 'health', key: 'h', icon: 'check', section: 'machinery', screen: () => import('./screens/health.js') },
  { id: 'alerts', key: 'l', icon: 'v-warning', section: 'records', screen: () => import('./screens/alerts.js') },
  { id: 'reports', key: 'r', icon: 'reports', section: 'records', screen: () => import('./screens/reports.js'), one: () => import('./screens/report.js') },
  { id: 'audit', key: 'a', icon: 'audit', section: 'records', role: 'admin', screen: () => import('./screens/audit.js') },
  { id: 'access', key: 'k', icon: 'access', section: 'records', role: 'admin', screen: () => import('./screens/access.js') },
];

const hrefOf = page => page.href ?? `/console/${page.id}`;

/** Addresses: a screen, and one of its things under it. */
export const routes = { login: { id: 'login', screen: () => import('./screens/login.js') }, 'first-run': { id: 'overview', screen: () => import('./screens/first-run.js') } };
for (const page of SCREENS) {
  routes[page.id] = { id: page.id, screen: page.screen };
  if (page.one) routes[`${page.id}/:id`] = { id: page.id, screen: page.one };
}
for (const page of added) {
  const screen = () => import(`${data.assets}/${page.module}`);
  routes[page.id] = { id: page.id, screen };
  routes[`${page.id}/:id`] = { id: page.id, screen };
}

/** All screens that whoever is logged in may see. */
export const pages = () => [
  ...SCREENS.filter(page => !page.role || may(page.role)).map(page => ({ ...page, title: m.nav[page.id], href: hrefOf(page) })),
  ...added.map(page => ({ ...page, href: hrefOf(page) })),
];

/** Counts stand only where somebody may act. */
function counts(glance) {
  const queues = [...(glance.queues?.values() ?? [])];
  const dead = queues.reduce((sum, queue) => sum + (queue.dead ?? 0), 0);
  const problems = glance.problems?.length ?? 0;
  const critical = glance.problems?.some(problem => problem.severity === 'critical');
  const workers = glance.workers;
  return {
    overview: problems ? { text: f.count(problems), severity: critical ? 'critical' : 'warning', says: m.nav.problems } : null,
    queues: queues.length ? { text: f.count(queues.length) } : null,
    jobs: dead ? { text: f.count(dead), severity: 'warning', says: m.nav.dead } : null,
    workers: workers ? workers.lost ? { text: `${workers.alive}/${workers.alive + workers.lost}`, severity: 'critical', says: m.nav.alive } : { text: f.count(workers.alive) } : null,
  };
}

const PHONE = ['overview', 'queues', 'jobs', 'workers'];

export function menu({ route, glance, environment, version, logOut }) {
  const number = counts(glance);
  const entry = page => {
    const count = number[page.id];
    const link = html`<a href=${page.href} aria-current=${route?.id === page.id ? 'page' : nothing}>${icon(page.icon)}${page.title}${count ? html`<span class="count" data-severity=${count.severity ?? nothing}>${count.text}${count.says ? html`<span class="sr"> ${count.says}</span>` : nothing}</span>` : nothing}</a>`;
    return PHONE.includes(page.id) ? link : html`<div class="tail">${link}</div>`;
  };
  const all = pages();
  return html`<nav class="nav" aria-label=${m.nav.label}><a class="brand" href="/console">${icon('brand')}${m.brand}${environment ? html`<span class="env">${environment}</span>` : nothing}</a>
    ${entry(all[0])}
    ${['work', 'machinery', 'records', 'workloads'].map(section => {
      const entries = all.filter(page => page.section === section);
      return entries.length ? html`<h2>${m.nav.sections[section]}</h2>${entries.map(entry)}` : nothing;
    })}
    <a class="phone" href="#palette" @click=${event => { event.preventDefault(); openPalette(); }}>${icon('menu')}${m.nav.more}</a>
    ${session.who ? html`<div class="who"><b>${session.who.name}</b>${session.who.role} · ${version}<br><button class="btn s quiet" type="button" @click=${logOut}>${m.nav.logOut}</button></div>` : nothing}</nav>`;
}
