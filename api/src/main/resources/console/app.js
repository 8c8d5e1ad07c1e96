// Starts the console: finds out who is logged in, follows addresses, loads and draws the screens, keeps them up to date.
import { html, render, nothing } from './kit/html.js';
import { m } from './messages/en.js';
import * as api from './kit/api.js';
import * as f from './kit/format.js';
import { icon, failure } from './kit/parts.js';
import { drawCharts } from './kit/chart.js';
import { openPalette, addSource } from './kit/palette.js';
import { connect, disconnect, glance, onEvent, whenFeedBreaks, isPaused, setPaused, setLost, isLost, feedIsConnected, calmly } from './kit/live.js';
import { showKeys } from './kit/keys.js';
import { ask, toast } from './kit/dialog.js';
import { menu, routes, pages } from './menu.js';

const html_ = document.documentElement.dataset;
const root = document.getElementById('root');
/** The page comes with an empty frame, so that something stands there before the modules do; the first screen takes its place. */
let framed = true;
function put(template) {
  if (framed) root.replaceChildren();
  framed = false;
  render(template, root);
}

const BUSY_AFTER_MS = 400;
const RETRY_MS = 5000;
const CLOCK_MS = 1000;
/** Where the feed says what changes, the timer asks this many times less. */
const FEED_PATIENCE = 4;
const GLANCE_MS = 15000;

/** What is on the screen. */
let current = null;
let loads = 0;
let timer;

// --- Addresses ---------------------------------------------------------------------------------

export function go(path, { replace = false } = {}) {
  if (replace) history.replaceState(null, '', path);
  else history.pushState(null, '', path);
  open();
}

function match(pathname) {
  const parts = pathname.replace(/^\/console\/?/, '').split('/').filter(Boolean).map(part => { try { return decodeURIComponent(part); } catch { return part; } });
  const id = parts[0] ?? 'overview';
  const route = routes[parts.length > 1 ? `${id}/:id` : id];
  return route ? { ...route, params: { id: parts.slice(1).join('/') } } : null;
}

document.addEventListener('click', event => {
  const link = event.target.closest?.('a[href]');
  if (!link || event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || link.target) return;
  const url = new URL(link.href);
  if (url.origin !== location.origin || !/^\/console(\/|$)/.test(url.pathname)) return;
  event.preventDefault();
  if (url.hash && url.pathname === location.pathname) return;
  go(url.pathname + url.search);
});
addEventListener('popstate', () => open());

// --- Loading and drawing -------------------------------------------------------------------------

async function open() {
  clearTimeout(timer);
  delete html_.shown;
  current?.abort.abort();
  const found = match(location.pathname);
  const same = current?.route.id === found?.id && current?.ctx.params.id === found?.params.id;
  if (!found) {
    current = null;
    drawShell(html`<section class="card">${m.errors.noSuchPage(html`<a href="/console">${m.nav.overview}</a>`)}</section>`, m.errors.notFoundTitle);
    return;
  }
  if (!api.session.who && found.id !== 'login') {
    go(`/console/login?to=${encodeURIComponent(location.pathname + location.search)}`, { replace: true });
    return;
  }
  const screen = await found.screen().catch(error => ({ broken: error }));
  if (screen.broken) {
    current = null;
    // A new release has other files: the page of this one cannot go on.
    drawShell(html`<section class="card">${m.errors.moduleGone(() => location.reload())}</section>`, m.errors.newVersion);
    return;
  }
  const previous = current;
  const abort = new AbortController();
  current = {
    route: found, screen, abort,
    data: same ? previous.data : undefined, loadedAt: same ? previous.loadedAt : null, error: null,
    ctx: {
      params: found.params,
      query: new URLSearchParams(location.search),
      signal: abort.signal,
      state: same ? previous.ctx.state : {},
      previous: undefined,
      go,
      redraw: draw,
      reload: () => load('asked'),
      setQuery(changes, options) {
        const query = new URLSearchParams(location.search);
        for (const [name, value] of Object.entries(changes)) value === null || value === '' || value === undefined ? query.delete(name) : query.set(name, value);
        const text = query.toString();
        go(location.pathname + (text ? `?${text}` : ''), options);
      },
    },
  };
  if (!same) {
    scrollTo(0, 0);
    screen.begin?.(current.ctx);
  } else {
    screen.moved?.(current.ctx);
  }
  draw();
  await load('opened');
  if (!same && previous) document.getElementById('main')?.focus({ preventScroll: true });
}

async function load(reason) {
  const own = current;
  if (!own) return;
  clearTimeout(timer);
  loads += 1;
  const turn = loads;
  const busy = setTimeout(() => document.getElementById('main')?.setAttribute('aria-busy', 'true'), BUSY_AFTER_MS);
  own.ctx.reason = reason;
  own.ctx.previous = own.data;
  try {
    const data = own.screen.load ? await own.screen.load(own.ctx) : {};
    if (own !== current || turn !== loads) return;
    own.data = data;
    own.error = null;
    own.loadedAt = Date.now();
    setLost(false);
  } catch (error) {
    if (error.name === 'AbortError' || own !== current || turn !== loads) return;
    own.error = error;
    if (own.data !== undefined && (error.away || error.status === 429)) setLost(true);
    if (!(error instanceof api.ApiError)) console.error(error);
  } finally {
    clearTimeout(busy);
    document.getElementById('main')?.removeAttribute('aria-busy');
  }
  draw();
  // Says which address is on the screen, with its data.
  html_.shown = location.pathname;
  schedule();
}

function schedule() {
  clearTimeout(timer);
  if (!current || document.hidden || isPaused()) return;
  const every = current.error ? RETRY_MS : (current.screen.every ?? 0) * (feedIsConnected() && current.screen.topics?.length ? FEED_PATIENCE : 1);
  if (every) timer = setTimeout(() => load('timer'), every);
}

const reloadCalmly = calmly(() => load('event'));
onEvent(topic => {
  if (!document.hidden && !isPaused() && current?.screen.topics?.includes(topic === 'snapshot' ? current.screen.topics[0] : topic) && topic !== 'snapshot') reloadCalmly((current.screen.every ?? 0) / 2);
  else drawMenu();
});

whenFeedBreaks(() => { if (!document.hidden && !isPaused()) load('feed lost'); });
addEventListener('offline', () => load('offline'));
addEventListener('online', () => { connect(); load('online'); });

document.addEventListener('visibilitychange', () => {
  if (document.hidden) {
    clearTimeout(timer);
    disconnect();
  } else if (!isPaused()) {
    connect();
    if (current?.screen.every) load('visible');
  }
});

function draw() {
  if (!current) return;
  const { screen, ctx, data, error } = current;
  let body;
  if (data === undefined) {
    body = error ? failure(error, () => load('asked')) : skeleton();
  } else {
    body = html`${error && !error.away ? failure(error, () => load('asked')) : nothing}${screen.draw(data, ctx)}`;
  }
  if (screen.bare) {
    document.title = m.pageTitle(m.brand, html_.environment);
    put(body);
    return;
  }
  drawShell(body, screen.title(data, ctx), screen.crumb?.(data, ctx), screen.beside?.(data, ctx));
}

const skeleton = () => html`<div class="skeleton" role="status" aria-label=${m.loading}><div class="card"></div><div class="card tall"></div></div>`;

// --- The frame -----------------------------------------------------------------------------------

let frame = { body: nothing, title: '', crumb: null, beside: nothing };

function drawShell(body, title, crumb, beside) {
  frame = { body, title, crumb, beside: beside ?? nothing };
  drawFrame();
}

function drawFrame() {
  const { body, title, crumb, beside } = frame;
  document.title = m.pageTitle(crumb ? `${title}, ${crumb.text}` : title, html_.environment);
  put(html`<a class="skip" href="#main" @click=${event => { event.preventDefault(); document.getElementById('main').focus(); }}>${m.skip}</a>
    <div class="app">${menu({ route: current?.route, glance, environment: html_.environment, version: html_.version, logOut })}
      <div>
        <header class="bar"><h1>${crumb ? html`<a href=${crumb.href}>${crumb.text}</a><svg class="g" aria-hidden="true"><use href="#right"></use></svg>` : nothing}<span>${title}</span></h1>
          <div class="end">
            <button class="find" type="button" aria-label=${m.palette.label} aria-keyshortcuts="/ Control+K" @click=${openPalette}>${icon('search')}<span>${m.palette.label}</span><kbd>/</kbd></button>
            <span class="clock wide" id="clock" title=${m.clockTitle(f.zoneName())}></span>
            <button class="btn live" type="button" aria-pressed=${String(!isPaused())} title=${m.live.hint} @click=${togglePause}>${isPaused() ? m.live.paused : isLost() ? m.live.lost : m.live.on}</button>
            <button class="btn icon quiet" type="button" aria-label=${m.theme.change(html_.theme ?? 'system')} title=${m.theme.change(html_.theme ?? 'system')} @click=${nextTheme}>${icon({ light: 'sun', dark: 'moon' }[html_.theme] ?? 'half')}</button>
          </div>
        </header>
        <div class="stale" role="status">${isLost() && current?.loadedAt ? html`${icon('v-warning')}<span>${m.live.stale(f.since(current.loadedAt), `${f.clock(current.loadedAt)} ${f.zone()}`)}</span><button class="btn s push" type="button" @click=${() => load('asked')}>${m.live.reconnect}</button>` : nothing}</div>
        <main class="page" id="main" tabindex="-1">${body}</main>
      </div>
    </div>${beside}`);
  drawCharts(root);
  tick();
}

const drawMenu = () => { if (current && !current.screen.bare) drawFrame(); };

function tick() {
  const place = document.getElementById('clock');
  if (place) place.textContent = `${f.clock(Date.now())} ${f.zone()}`;
}
setInterval(() => { if (!document.hidden) tick(); }, CLOCK_MS);

function togglePause() {
  setPaused(!isPaused());
  drawFrame();
  if (!isPaused()) load('asked');
  else clearTimeout(timer);
}

function nextTheme() {
  const next = { undefined: 'light', light: 'dark', dark: null }[html_.theme];
  if (next) html_.theme = next;
  else delete html_.theme;
  try { next ? localStorage.setItem('penstock.theme', next) : localStorage.removeItem('penstock.theme'); } catch { /* this visit only */ }
  drawFrame();
}

async function logOut() {
  disconnect();
  await api.logOut().catch(() => {});
  location.assign('/console/login');
}

function changePassword() {
  return ask({
    title: m.login.changePassword, verb: m.actions.save, ready: state => state.current && state.fresh?.length >= 12,
    body: (state, redraw) => html`<div class="field"><label for="current">${m.login.currentPassword}</label><input class="input" id="current" type="password" autocomplete="current-password" @input=${event => { state.current = event.target.value; redraw(); }}></div>
      <div class="field"><label for="fresh">${m.access.newPassword}</label><input class="input" id="fresh" type="password" autocomplete="new-password" @input=${event => { state.fresh = event.target.value; redraw(); }}><small>${m.login.passwordHint}</small></div>`,
    act: async state => { await api.put('/api/session/password', { current: state.current, new: state.fresh }, { quiet: true }); toast(m.login.passwordChanged); },
  });
}

// --- Keyboard --------------------------------------------------------------------------------------

let leader = 0;
document.addEventListener('keydown', event => {
  const typing = event.target.matches?.('input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]');
  const modal = document.querySelector('dialog[open]');
  if (!modal && current && !current.screen.bare && ((event.key === '/' && !typing) || (event.key.toLowerCase() === 'k' && (event.ctrlKey || event.metaKey)))) {
    event.preventDefault();
    openPalette();
    return;
  }
  if (typing || modal || event.ctrlKey || event.metaKey || event.altKey || !current || current.screen.bare) return;
  if (Date.now() - leader < 1200) {
    leader = 0;
    const target = pages().find(page => page.key === event.key);
    if (target) { event.preventDefault(); go(target.href); }
    return;
  }
  if (event.key === 'g') leader = Date.now();
  else if (event.key === '?') showKeys();
  else if (event.key === 'j' || event.key === 'k') moveRow(event.key === 'j' ? 1 : -1);
  else if (event.key === 'x') document.activeElement?.closest('tr')?.querySelector('input[type=checkbox]')?.click();
  else if (current.screen.keys?.[event.key] && current.data !== undefined) current.screen.keys[event.key](current.data, current.ctx);
  else return;
  event.preventDefault();
});

function moveRow(step) {
  const links = [...document.querySelectorAll('#main tbody tr th a, #main tbody tr td.lead a')];
  if (!links.length) return;
  const at = links.findIndex(link => link.closest('tr') === document.activeElement?.closest('tr'));
  links[at < 0 ? 0 : Math.min(links.length - 1, Math.max(0, at + step))].focus();
}

// --- The palette's entries -----------------------------------------------------------------------

addSource(() => (glance.problems ?? []).map(problem => ({ group: 'problems', text: problem.summary, hint: m.since(f.clockMinute(problem.since)), icon: problem.severity === 'critical' ? 'v-critical' : 'v-warning', severity: problem.severity, run: () => go('/console') })));
addSource(() => current?.data === undefined ? [] : (current.screen.actions?.(current.data, current.ctx) ?? []).filter(action => !action.role || api.may(action.role)).map(action => ({ group: 'actions', ...action, hint: action.hint ?? action.role })));
addSource(() => api.session.who?.kind === 'user' ? [{ group: 'actions', text: m.login.changePassword, icon: 'lock', run: changePassword }] : []);
addSource(() => [{ group: 'actions', text: m.palette.theme, icon: 'half', run: nextTheme }, { group: 'actions', text: isPaused() ? m.palette.resumeLive : m.palette.pauseLive, icon: isPaused() ? 'play' : 'pause', run: togglePause }, { group: 'actions', text: m.nav.logOut, icon: 'power', run: logOut }]);
addSource(() => pages().map(page => ({ group: 'go', text: page.title, icon: page.icon, keys: page.key ? ['g', page.key] : undefined, run: () => go(page.href) })));
addSource(() => [...(glance.queues?.keys() ?? [])].map(queue => ({ group: 'queues', text: queue, icon: 'queues', run: () => go(api.path`/console/queues/${queue}`) })));
addSource(() => recent().map(job => ({ group: 'recent', text: job, icon: 'jobs', run: () => go(api.path`/console/jobs/${job}`) })));
addSource(() => [{ group: 'go', free: typed => m.palette.openJob(typed), text: '', icon: 'jobs', run: typed => go(api.path`/console/jobs/${typed}`) }]);

const recent = () => { try { return JSON.parse(sessionStorage.getItem('penstock.recent') ?? '[]'); } catch { return []; } };

// --- Start -------------------------------------------------------------------------------------------

api.onSignedOut(() => {
  if (match(location.pathname)?.id === 'login') return;
  api.session.who = null;
  disconnect();
  go(`/console/login?to=${encodeURIComponent(location.pathname + location.search)}&ended=1`, { replace: true });
});

/** The screens that others import act through this. */
window.addEventListener('penstock:logged-in', () => { connect(); watchGlance(); });

let watching = false;
/** The menu's numbers where there is no feed. */
async function watchGlance() {
  if (watching) return;
  watching = true;
  const ask = async () => {
    if (api.session.who && !document.hidden && !feedIsConnected()) {
      const overview = await api.aside(api.get('/api/overview')).catch(() => null);
      const queues = overview ?? await api.aside(api.get('/api/queues')).catch(() => null);
      if (queues) glance.queues = new Map(queues.queues.map(queue => [queue.queue, queue]));
      if (overview) Object.assign(glance, { problems: overview.problems, workers: overview.totals.workers });
      drawMenu();
    }
    setTimeout(ask, GLANCE_MS);
  };
  await ask();
}

html_.feed = 'live';
try {
  await api.whoAmI();
} catch (error) {
  drawShell(failure(error, () => location.reload()), m.brand);
}
if (api.session.who) {
  connect();
  setTimeout(watchGlance, 1500);
}
if (api.session.who || !document.getElementById('main')) await open();
