// Talks to the HTTP API, and to nothing else. Knows who is logged in.
import { m } from '../messages/en.js';

const KEY = 'penstock.key';

/** What the API refused or could not do. `missing`: this deployment does not offer the endpoint at all. */
export class ApiError extends Error {
  constructor(status, problem, path) {
    super(problem.detail || problem.title || m.errors.status(status));
    this.status = status;
    this.code = problem.code;
    this.field = problem.field;
    this.state = problem.state;
    this.effect = problem.effect;
    this.errorId = problem.errorId;
    this.path = path;
    this.retryAfter = problem.retryAfter;
  }

  get missing() { return (this.status === 404 && (!this.code || this.code === 'no-such-path' || this.code === 'path-not-found')) || this.status === 405 || this.status === 501; }
  get gone() { return this.status === 404; }
  get away() { return this.status === 0 || this.status >= 502; }
}

/** Who is logged in; null: nobody. Shape: GET /api/session. */
export const session = { who: null };

const listeners = new Set();
/** Calls back when the API says that nobody is logged in any more. */
export const onSignedOut = listener => listeners.add(listener);

const storedKey = () => { try { return sessionStorage.getItem(KEY); } catch { return null; } };
const storeKey = key => { try { key ? sessionStorage.setItem(KEY, key) : sessionStorage.removeItem(KEY); } catch { /* held for this page only */ } };
let key = storedKey();

/** Headers that say who asks. A key lives in this tab only; a session is a cookie that no script can read. */
export function credentials(method) {
  const headers = {};
  if (key) headers.Authorization = `Bearer ${key}`;
  else if (method !== 'GET' && session.who?.csrfToken) headers['X-CSRF-Token'] = session.who.csrfToken;
  return headers;
}

/** Asks the API. Answers with what JSON.parse makes of the answer, or with its text where `text` is set. */
export async function call(method, path, { body, signal, text, quiet, headers } = {}) {
  let response;
  try {
    response = await fetch(path, {
      method,
      signal,
      headers: { Accept: 'application/json', ...(body === undefined ? {} : { 'Content-Type': 'application/json' }), ...credentials(method), ...headers },
      body: body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body),
      credentials: 'same-origin',
      cache: 'no-store',
    });
  } catch (failure) {
    if (failure.name === 'AbortError') throw failure;
    throw new ApiError(0, { detail: m.errors.unreachable }, path);
  }
  const content = await response.text();
  if (response.ok) return text ? content : content ? JSON.parse(content) : null;
  let problem = {};
  try { problem = JSON.parse(content); } catch { /* a proxy's page, perhaps: the status says enough */ }
  problem.retryAfter = response.headers.get('Retry-After');
  const error = new ApiError(response.status, problem, path);
  if (response.status === 401 && !quiet) listeners.forEach(listener => listener());
  throw error;
}

export const get = (path, options) => call('GET', path, options);
export const post = (path, body, options) => call('POST', path, { body: body ?? {}, ...options });
export const put = (path, body, options) => call('PUT', path, { body, ...options });
export const del = (path, options) => call('DELETE', path, options);

/** A path with its parts escaped: path`/api/jobs/${id}`. */
export const path = (strings, ...values) => strings.reduce((all, part, i) => all + encodeURIComponent(values[i - 1]) + part);

/** A query string of what is set. */
export function query(parameters) {
  const set = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined && value !== null && value !== '') set.append(name, value);
  }
  const text = set.toString();
  return text ? `?${text}` : '';
}

/** Answers with null where the deployment does not offer it, or this caller may not see it. */
export const optional = promise => promise.catch(error => {
  if (error instanceof ApiError && (error.status === 404 || error.status === 403 || error.status === 405 || error.status === 503)) return null;
  throw error;
});

/** For what stands beside the matter itself: without it the screen is still worth showing. */
export const aside = promise => promise.catch(error => {
  if (error instanceof ApiError && error.status !== 401) return null;
  throw error;
});

/** Finds out who is logged in. Null: nobody. */
export async function whoAmI() {
  try {
    session.who = await get('/api/session', { quiet: true });
  } catch (error) {
    if (error.status === 401) { storeKey(null); key = null; }
    session.who = null;
    if (error.away) throw error;
  }
  return session.who;
}

export async function logInWithPassword(name, password) {
  key = null;
  storeKey(null);
  session.who = await post('/api/session', { name, password }, { quiet: true });
}

export async function logInWithLink(token) {
  key = null;
  storeKey(null);
  session.who = await post('/api/session', { token }, { quiet: true });
}

/** The key is kept by this tab until it is closed. */
export async function logInWithKey(given) {
  key = given;
  try {
    session.who = await get('/api/session', { quiet: true });
    storeKey(given);
  } catch (error) {
    key = null;
    storeKey(null);
    throw error;
  }
}

export async function logOut() {
  try {
    if (!key) await del('/api/session', { quiet: true });
  } finally {
    key = null;
    storeKey(null);
    session.who = null;
  }
}

/** Whether whoever is logged in may do what this role may. */
export const may = role => (session.who?.roles ?? [session.who?.role]).includes(role);

/** Server-sent events. `on(event, data, id)` is called for each; the promise ends with the connection. */
export async function stream(path, { signal, lastId, on }) {
  const response = await fetch(path, {
    signal,
    headers: { Accept: 'text/event-stream', ...credentials('GET'), ...(lastId ? { 'Last-Event-ID': lastId } : {}) },
    credentials: 'same-origin',
    cache: 'no-store',
  });
  if (!response.ok) throw new ApiError(response.status, {}, path);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let pending = '';
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    pending += value;
    let end;
    while ((end = pending.search(/\r?\n\r?\n/)) >= 0) {
      const block = pending.slice(0, end);
      pending = pending.slice(end).replace(/^\r?\n\r?\n/, '');
      const fields = { event: 'message', data: [], id: undefined };
      for (const line of block.split(/\r?\n/)) {
        const [, name, text] = /^([^:]*):? ?(.*)$/s.exec(line);
        if (name === 'data') fields.data.push(text);
        else if (name) fields[name] = text;
      }
      on(fields.event, fields.data.join('\n'), fields.id);
    }
  }
}
