// Keeps what is shown up to date: the feed says what has changed, a timer asks where there is no feed. Quiet while the tab is
// hidden, still while paused, and honest when nothing answers any more.
import { stream, session } from './api.js';

const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 30000;
/** The feed sends something every 15 s: a connection that says nothing for longer is gone. */
const SILENCE_MS = 35000;
/** At most one reload in this time, however many events come. */
const CALM_MS = 1000;

const root = document.documentElement;

/** What the feed has told last, for the menu and the palette. */
export const glance = { problems: null, queues: null, workers: null };

const subscribers = new Set();
/** Calls back with the topic of each event. */
export const onEvent = subscriber => { subscribers.add(subscriber); return () => subscribers.delete(subscriber); };

let connection = null;
let connected = false;
let offered = true;
let pause = FIRST_PAUSE_MS;
let lastId;
let retryTimer;
let silence;
let onDown = () => {};

/** Calls back when the feed has broken, so that the page finds out at once whether the rest still answers. */
export const whenFeedBreaks = callback => { onDown = callback; };

export const isPaused = () => root.dataset.feed === 'paused';
export const feedIsConnected = () => connected;

export function setPaused(paused) {
  root.dataset.feed = paused ? 'paused' : 'live';
  paused ? disconnect() : connect();
}

/** The data could not be loaded: everything shown may be old. */
export const setLost = lost => { if (!isPaused()) root.dataset.feed = lost ? 'lost' : 'live'; };
export const isLost = () => root.dataset.feed === 'lost';

function take(topic, text, id) {
  if (id) lastId = id;
  let data = null;
  try { data = JSON.parse(text); } catch { return; }
  if (data.problems) glance.problems = data.problems;
  if (topic === 'snapshot') {
    glance.queues = new Map(data.queues?.map(queue => [queue.queue, queue]));
    glance.workers = data.workers;
  } else if (topic === 'queues') {
    glance.queues ??= new Map();
    data.queues?.forEach(queue => glance.queues.set(queue.queue, queue));
  } else if (topic === 'workers') {
    glance.workers = data;
  }
  subscribers.forEach(subscriber => subscriber(topic, data));
}

export async function connect() {
  if (connection || !offered || !session.who || document.hidden || isPaused()) return;
  clearTimeout(retryTimer);
  connection = new AbortController();
  const own = connection;
  try {
    await stream('/api/events', {
      signal: own.signal,
      lastId,
      on: (topic, data, id) => {
        connected = true;
        pause = FIRST_PAUSE_MS;
        clearTimeout(silence);
        silence = setTimeout(() => own.abort(), SILENCE_MS);
        take(topic, data, id);
      },
    });
  } catch (error) {
    // Without the endpoint, or without the right to it, the timers do.
    if (error.status === 404 || error.status === 403) offered = false;
  } finally {
    clearTimeout(silence);
    if (connection === own) {
      connection = null;
      if (connected) onDown();
      connected = false;
      if (offered && !document.hidden && !isPaused()) {
        retryTimer = setTimeout(connect, pause * (0.75 + Math.random() / 2));
        pause = Math.min(LONGEST_PAUSE_MS, pause * 2);
      }
    }
  }
}

export function disconnect() {
  clearTimeout(retryTimer);
  const own = connection;
  connection = null;
  connected = false;
  own?.abort();
}

/** Runs at most once in CALM_MS, or in the time that is asked for, the last wish of a burst included. */
export function calmly(run) {
  let timer = null;
  let last = 0;
  return (ms = CALM_MS) => {
    if (timer) return;
    timer = setTimeout(() => { timer = null; last = Date.now(); run(); }, Math.max(0, last + Math.max(CALM_MS, ms) - Date.now()));
  };
}
