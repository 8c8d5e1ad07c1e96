// What floats above a screen: confirmations, drawers, toasts. One of each at a time.
import { html, render, nothing } from './html.js';
import { m } from '../messages/en.js';
import { icon } from './parts.js';

const layers = () => document.getElementById('layers');

function layer(name) {
  let place = document.getElementById(`layer-${name}`);
  if (!place) {
    place = document.createElement('div');
    place.id = `layer-${name}`;
    layers().append(place);
  }
  return place;
}

/**
 * Asks before it does. `body(state, redraw)` draws what will happen; `confirm` is the word to be typed, where it destroys;
 * `act(state)` does it and its result is the dialog's; an error stays in the dialog. Resolves with null when dismissed.
 * `prepare(state)` loads what the body shows (count, sample) while the dialog is open.
 */
export function ask({ title, body, confirm, verb, danger = false, footnote, act, prepare, ready = () => true, wide = false }) {
  return new Promise(resolve => {
    const opener = document.activeElement;
    const place = layer('dialog');
    const state = { typed: '', busy: false, error: null, loading: Boolean(prepare) };
    let dialog;
    const close = result => {
      if (dialog?.open) dialog.close();
      render(nothing, place);
      opener?.isConnected && opener.focus();
      resolve(result);
    };
    const word = () => typeof confirm === 'function' ? confirm(state) : confirm;
    const allowed = () => !state.busy && !state.loading && ready(state) && (!word() || state.typed.trim() === word());
    const submit = async event => {
      event.preventDefault();
      if (!allowed()) return;
      state.busy = true;
      state.error = null;
      draw();
      try {
        close(await act(state) ?? true);
      } catch (error) {
        state.busy = false;
        state.error = error;
        draw();
      }
    };
    function draw() {
      render(html`<dialog class="dialog ${wide ? 'wide' : ''}" aria-labelledby="dialog-title" @cancel=${event => { event.preventDefault(); if (!state.busy) close(null); }}>
        <form method="dialog" @submit=${submit}>
          <header><h2 id="dialog-title">${title}</h2><button class="btn icon quiet" type="button" aria-label=${m.actions.close} ?disabled=${state.busy} @click=${() => close(null)}>${icon('close')}</button></header>
          <div class="body">${body(state, draw)}
            ${word() ? html`<div class="field"><label for="confirm">${m.typeToConfirm(word())}</label><input class="input mono" id="confirm" autocomplete="off" spellcheck="false" .value=${state.typed} @input=${event => { state.typed = event.target.value; draw(); }}></div>` : nothing}
            ${state.error ? html`<p class="note" data-severity="critical" role="alert">${icon('v-critical')}<span>${m.errors.action(state.error)}</span></p>` : nothing}
          </div>
          <footer>${footnote ? html`<span class="muted small">${footnote}</span>` : nothing}<button class="btn push" type="button" ?disabled=${state.busy} @click=${() => close(null)}>${m.actions.dismiss}</button><button class="btn ${danger ? 'danger' : 'primary'}" type="submit" ?disabled=${!allowed()}>${state.busy ? m.actions.working : typeof verb === 'function' ? verb(state) : verb}</button></footer>
        </form></dialog>`, place);
    }
    draw();
    dialog = place.querySelector('dialog');
    dialog.showModal();
    dialog.querySelectorAll('textarea').forEach(area => { area.setSelectionRange(0, 0); area.scrollTop = 0; });
    (dialog.querySelector('[autofocus], #confirm') ?? dialog.querySelector('input, select, textarea') ?? dialog.querySelector('footer .btn'))?.focus();
    if (prepare) {
      prepare(state).catch(error => { state.error = error; }).finally(() => { state.loading = false; if (dialog.open) { draw(); dialog.querySelector('#confirm')?.focus(); } });
    }
  });
}

let toastTimer;
const TOAST_MS = 8000;

/** Says what happened, with a way back where there is one. */
export function toast(text, undo) {
  const place = layer('toast');
  const close = () => { clearTimeout(toastTimer); render(nothing, place); };
  const rest = () => { clearTimeout(toastTimer); toastTimer = setTimeout(close, TOAST_MS); };
  render(html`<div class="toast" role="status" @focusin=${() => clearTimeout(toastTimer)} @focusout=${rest} @pointerenter=${() => clearTimeout(toastTimer)} @pointerleave=${rest}>
    <span>${text}</span>${undo ? html`<button class="btn s" type="button" @click=${async () => { close(); await undo(); }}>${icon('undo')}${m.actions.undo}</button>` : nothing}
    <button class="btn s icon" type="button" aria-label=${m.actions.close} @click=${close}>${icon('close')}</button></div>`, place);
  rest();
}

/** An error of an action that has no dialog: it stays until it is closed. */
export function complain(error) {
  const place = layer('toast');
  clearTimeout(toastTimer);
  render(html`<div class="toast" role="alert"><span>${m.errors.action(error)}</span><button class="btn s icon" type="button" aria-label=${m.actions.close} @click=${() => render(nothing, place)}>${icon('close')}</button></div>`, place);
}

/** Runs an action without a dialog, says what it did, and what went wrong. */
export async function perform(run, said, undo) {
  try {
    const result = await run();
    if (said) toast(typeof said === 'function' ? said(result) : said, undo);
    return result;
  } catch (error) {
    complain(error);
    return null;
  }
}

/** A drawer beside the page. The caller renders it as a part of its screen. */
export const drawer = ({ title, tag, body, footer, onClose }) => html`<aside class="drawer" aria-labelledby="drawer-title" @keydown=${event => { if (event.key === 'Escape') onClose(); }}>
  <header><h2 id="drawer-title">${title}</h2>${tag ? html`<span class="tag">${tag}</span>` : nothing}<button class="btn icon quiet" type="button" aria-label=${m.actions.close} @click=${onClose}>${icon('close')}</button></header>
  <div class="body">${body}</div>${footer ? html`<footer>${footer}</footer>` : nothing}</aside>`;
