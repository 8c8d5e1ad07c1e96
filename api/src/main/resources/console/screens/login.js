// Logging in: by name and password, by a link that works once, or by an API key that this tab keeps until it is closed.
// Nothing secret is ever part of an address that reaches the server: the link's token stands behind '#'.
import { html, nothing } from '../kit/html.js';
import { m } from '../messages/en.js';
import { icon } from '../kit/parts.js';
import * as api from '../kit/api.js';

export const bare = true;
export const title = () => m.login.title;

const inside = to => /^\/console(\/|\?|$)/.test(to ?? '') ? to : '/console';

export function begin(ctx) {
  ctx.state.way = 'password';
  const token = new URLSearchParams(location.hash.slice(1)).get('token');
  if (token) {
    history.replaceState(null, '', location.pathname + location.search);
    enter(ctx, () => api.logInWithLink(token));
  }
}

async function enter(ctx, logIn) {
  ctx.state.busy = true;
  ctx.state.error = null;
  ctx.redraw();
  try {
    await logIn();
    window.dispatchEvent(new Event('penstock:logged-in'));
    ctx.go(inside(ctx.query.get('to')), { replace: true });
  } catch (error) {
    ctx.state.busy = false;
    ctx.state.error = error;
    ctx.redraw();
  }
}

export function draw(_, ctx) {
  const { way, busy, error } = ctx.state;
  const choose = chosen => { ctx.state.way = chosen; ctx.state.error = null; ctx.redraw(); };
  const submit = event => {
    event.preventDefault();
    const form = new FormData(event.target);
    enter(ctx, way === 'key' ? () => api.logInWithKey(form.get('key').trim()) : () => api.logInWithPassword(form.get('name').trim(), form.get('password')));
  };
  return html`<main class="login" id="main">
    <p class="brand">${icon('brand')}${m.brand}<span class="env">${document.documentElement.dataset.environment}</span></p>
    ${ctx.query.has('ended') ? html`<p class="note" data-severity="notice">${icon('v-notice')}<span>${m.login.ended}</span></p>` : nothing}
    <section class="card"><form @submit=${submit}>
      <h1>${m.login.title}</h1>
      <div class="seg" role="group" aria-label=${m.login.with}>
        <button type="button" aria-pressed=${String(way === 'password')} @click=${() => choose('password')}>${m.login.account}</button>
        <button type="button" aria-pressed=${String(way === 'key')} @click=${() => choose('key')}>${m.login.key}</button>
      </div>
      ${way === 'key'
        ? html`<div class="field"><label for="key">${m.login.key}</label><input class="input mono" id="key" name="key" type="password" required autocomplete="off" spellcheck="false"><small>${m.login.keyHint}</small></div>`
        : html`<div class="field"><label for="name">${m.login.name}</label><input class="input" id="name" name="name" required autocomplete="username" autocapitalize="none" spellcheck="false"></div>
          <div class="field"><label for="password">${m.login.password}</label><input class="input" id="password" name="password" type="password" required autocomplete="current-password"></div>`}
      ${error ? html`<p class="note" data-severity="critical" role="alert">${icon('v-critical')}<span>${m.login.failed(error)}</span></p>` : nothing}
      <button class="btn primary" type="submit" ?disabled=${busy}>${busy ? m.actions.working : m.login.enter}</button>
    </form>
      ${document.documentElement.dataset.provider ? html`<p><a class="btn" href="/api/session/provider">${m.login.provider}</a></p>` : nothing}
    </section>
    <p class="muted small">${m.login.noAccount}</p></main>`;
}
