// How numbers, times and durations read. Pure.
import { m } from '../messages/en.js';

const NBSP = ' ';
const LOCALE = 'en-GB';
const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const WORD = new Intl.DateTimeFormat(LOCALE, { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' });
const CLOCK = new Intl.DateTimeFormat(LOCALE, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });

/** 18,204; from a million 1.79 M. */
export function count(n) {
  if (n === undefined || n === null || Number.isNaN(n)) return '–';
  const size = Math.abs(n);
  if (size >= 1e9) return `${(n / 1e9).toFixed(2)}${NBSP}G`;
  if (size >= 1e6) return `${(n / 1e6).toFixed(2)}${NBSP}M`;
  return grouped.format(n);
}

/** A rate or another small number: 0.3, 12.4, 164. */
export const decimal = n => n === 0 ? '0' : Math.abs(n) < 10 ? `${+n.toFixed(Math.abs(n) < 0.1 ? 2 : 1)}` : Math.abs(n) < 1000 ? `${+n.toFixed(1)}` : count(Math.round(n));

export function percent(share) {
  if (share === undefined || share === null || Number.isNaN(share)) return '–';
  const p = share * 100;
  const text = p > 0 && p < 1 ? '< 1' : p > 99 && p < 100 ? `${Math.floor(p * 1000) / 1000}` : `${Math.round(p)}`;
  return `${text}${NBSP}%`;
}

/** A duration of so many ms: 41 s, 1 min 12 s, 14 min, 1 h 57 min, 2 d 4 h. */
export function duration(ms) {
  if (ms === undefined || ms === null || Number.isNaN(ms)) return '–';
  const s = Math.abs(ms) / 1000;
  if (s === 0) return `0${NBSP}s`;
  if (s < 0.0995) return `${Math.max(1, Math.round(s * 1000))}${NBSP}ms`;
  if (s < 10) return `${+s.toFixed(1)}${NBSP}s`;
  if (s < 59.5) return `${Math.round(s)}${NBSP}s`;
  const two = (big, bigUnit, small, smallUnit) => small ? `${big}${NBSP}${bigUnit} ${small}${NBSP}${smallUnit}` : `${big}${NBSP}${bigUnit}`;
  if (s < 600) { const whole = Math.round(s); return two(Math.floor(whole / 60), 'min', whole % 60, 's'); }
  if (s < 3600) return `${Math.floor(s / 60)}${NBSP}min`;
  if (s < 86400) return two(Math.floor(s / 3600), 'h', Math.floor(s % 3600 / 60), 'min');
  return two(Math.floor(s / 86400), 'd', s < 864000 ? Math.floor(s % 86400 / 3600) : 0, 'h');
}

/** One unit: for what need not be exact, as ages. */
export function rough(ms) {
  const s = Math.abs(ms) / 1000;
  if (s < 60) return `${Math.round(s)}${NBSP}s`;
  if (s < 3600) return `${Math.floor(s / 60)}${NBSP}min`;
  if (s < 172800) return duration(ms);
  return `${Math.floor(s / 86400)}${NBSP}d`;
}

export const ago = (at, now = Date.now()) => {
  const ms = now - new Date(at).getTime();
  return ms >= 0 ? m.time.ago(rough(ms)) : m.time.in(rough(ms));
};

export const since = (at, now = Date.now()) => rough(now - new Date(at).getTime());

/** The zone's distance from UTC at a time: UTC+8. */
export function zone(at = new Date()) {
  const minutes = -new Date(at).getTimezoneOffset();
  if (minutes === 0) return 'UTC';
  const abs = Math.abs(minutes);
  return `UTC${minutes < 0 ? '−' : '+'}${Math.floor(abs / 60)}${abs % 60 ? `:${String(abs % 60).padStart(2, '0')}` : ''}`;
}

export const zoneName = () => Intl.DateTimeFormat().resolvedOptions().timeZone;
export const clock = at => CLOCK.format(new Date(at));
export const clockMinute = at => clock(at).slice(0, 5);
export const clockMillis = at => `${clock(at)}.${String(new Date(at).getMilliseconds()).padStart(3, '0')}`;
export const day = at => WORD.format(new Date(at)).replace(',', '');
export const exact = at => `${day(at)}, ${clock(at)} ${zone(at)}`;

/** The clock today, with the day on other days. */
export const short = at => new Date(at).toDateString() === new Date().toDateString() ? clock(at) : `${day(at).replace(/ \d{4}$/, '')} ${clockMinute(at)}`;

export function bytes(n) {
  if (n === undefined || n === null) return '–';
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let size = n;
  let unit = 0;
  while (size >= 1024 && unit < units.length - 1) { size /= 1024; unit += 1; }
  return `${unit === 0 ? size : size >= 100 ? size.toFixed(0) : size >= 10 ? size.toFixed(1) : size.toFixed(2)}${NBSP}${units[unit]}`;
}

/** The first line of an error, without its stack. */
export const firstLine = text => (text ?? '').split('\n', 1)[0];
