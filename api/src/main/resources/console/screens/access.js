// Users and keys.
import { html, nothing, repeat } from '../kit/html.js';
import { m } from '../messages/en.js';
import * as api from '../kit/api.js';
import { ago, badge, action, empty, unavailable, copyButton, note, severityBadge } from '../kit/parts.js';
import { visibleText } from '../kit/tree.js';
import { ask, perform, toast } from '../kit/dialog.js';

export const title = () => m.nav.access;

const ROLES = ['viewer', 'operator', 'admin'];

export async function load(ctx) {
  const [users, keys] = await Promise.all([api.optional(api.get('/api/users', { signal: ctx.signal })), api.optional(api.get('/api/keys', { signal: ctx.signal }))]);
  return { users: users?.users, keys: keys?.keys };
}

const words = text => text?.split(/[\s,]+/).filter(Boolean);
const roleField = (state, id = 'role') => html`<div class="field"><label for=${id}>${m.access.role}</label><select class="input" id=${id} @change=${event => { state.role = event.target.value; }}>${ROLES.map(role => html`<option value=${role} .selected=${(state.role ??= 'viewer') === role}>${m.access.roles[role]}</option>`)}</select></div>`;
const textField = (state, name, label, { hint, type = 'text', redraw, autocomplete = 'off' } = {}) => html`<div class="field"><label for=${name}>${label}</label><input class="input" id=${name} type=${type} autocomplete=${autocomplete} spellcheck="false" .value=${state[name] ?? ''} @input=${event => { state[name] = event.target.value; redraw?.(); }}>${hint ? html`<small>${hint}</small>` : nothing}</div>`;

/** What is shown once and never again. */
const once = (what, secret, hint) => ask({ title: what, verb: m.access.noted, act: async () => true, body: () => html`${note('warning', m.access.once)}<div class="cmd"><pre class="code wrap" tabindex="0">${secret}</pre>${copyButton(secret)}</div>${hint ? html`<p class="muted small">${hint}</p>` : nothing}` });

async function newKey(ctx) {
  let made = null;
  await ask({ title: m.access.newKey, verb: m.access.makeKey, ready: state => Boolean(state.name?.trim()), body: (state, redraw) => html`${textField(state, 'name', m.access.name, { hint: m.access.keyNameHint, redraw })}<div class="two-up">${roleField(state)}${textField(state, 'days', m.access.days, { hint: m.access.daysHint, type: 'number' })}</div><div class="two-up">${textField(state, 'queues', m.access.queues, { hint: m.access.queuesHint })}${textField(state, 'tenant', m.labels.tenant, { hint: m.access.tenantHint })}</div>`,
    act: async state => { made = await api.post('/api/keys', { name: state.name.trim(), role: state.role, ...(state.days ? { expiresInDays: Number(state.days) } : {}), ...(words(state.queues)?.length ? { queues: words(state.queues) } : {}), ...(state.tenant?.trim() ? { tenant: state.tenant.trim() } : {}) }); return made; } });
  if (made) { ctx.reload(); await once(m.access.keyMade(made.name), made.key, m.access.keyUse); }
}

async function revoke(key, ctx) {
  await ask({ title: m.access.revokeTitle(key.name), verb: m.access.revokeVerb, danger: true, confirm: key.name, body: () => html`<p>${m.access.revokeText}</p>`, act: async () => { await api.del(api.path`/api/keys/${key.id}`); toast(m.access.revoked(key.name)); } });
  ctx.reload();
}

async function newUser(ctx) {
  await ask({ title: m.access.newUser, verb: m.access.makeUser, ready: state => /^[a-z0-9._@-]{1,64}$/i.test(state.name ?? '') && (!state.password || state.password.length >= 12), body: (state, redraw) => html`${textField(state, 'name', m.access.userName, { hint: m.access.userNameHint, redraw })}${textField(state, 'displayName', m.access.displayName)}<div class="two-up">${roleField(state)}${textField(state, 'password', m.login.password, { hint: m.access.passwordHint, type: 'password', redraw, autocomplete: 'new-password' })}</div>`,
    act: async state => { await api.post('/api/users', { name: state.name, role: state.role, ...(state.password ? { password: state.password } : {}), ...(state.displayName ? { displayName: state.displayName } : {}) }); toast(m.access.userMade(state.name)); } });
  ctx.reload();
}

async function editUser(user, ctx) {
  await ask({ title: m.access.editUser(user.name), verb: m.actions.save, body: state => { state.role ??= user.role; return html`${roleField(state)}${textField(state, 'password', m.access.newPassword, { hint: m.access.passwordHint, type: 'password', autocomplete: 'new-password' })}<label class="row"><input type="checkbox" .checked=${state.disabled ?? user.disabled} @change=${event => { state.disabled = event.target.checked; }}> ${m.access.disabled}</label><p class="muted small">${m.access.endsSessions}</p>`; },
    act: async state => { await api.put(api.path`/api/users/${user.id}`, { ...(state.role !== user.role ? { role: state.role } : {}), ...(state.password ? { password: state.password } : {}), ...(state.disabled !== undefined && state.disabled !== user.disabled ? { disabled: state.disabled } : {}) }); toast(m.access.userSaved(user.name)); } });
  ctx.reload();
}

async function link(user) {
  const made = await perform(() => api.post('/api/session/links', { userId: user.id, minutes: 60 }));
  if (made) await once(m.access.linkFor(user.name), `${location.origin}${made.path}`, m.access.linkHint);
}

async function logOutEverywhere(user, ctx) {
  await perform(() => api.del(api.path`/api/users/${user.id}/sessions`), m.access.loggedOut(user.name));
  ctx.reload();
}

async function removeUser(user, ctx) {
  await ask({ title: m.access.deleteUser(user.name), verb: m.job.deleteVerb, danger: true, confirm: user.name, body: () => html`<p>${m.access.deleteUserText}</p>`, act: async () => { await api.del(api.path`/api/users/${user.id}`); toast(m.access.userDeleted(user.name)); } });
  ctx.reload();
}

export const actions = ({ users, keys }, ctx) => [
  ...(users ?? []).flatMap(user => [{ text: m.access.editUser(user.name), icon: 'user', role: 'admin', run: () => editUser(user, ctx) }, { text: m.access.linkFor(user.name), icon: 'link', role: 'admin', run: () => link(user) }, { text: m.access.logOutNamed(user.name), icon: 'power', role: 'admin', run: () => logOutEverywhere(user, ctx) }, { text: m.access.deleteUser(user.name), icon: 'trash', role: 'admin', run: () => removeUser(user, ctx) }]),
  ...(keys ?? []).filter(key => !key.revokedAt).map(key => ({ text: m.access.revokeTitle(key.name), icon: 'access', role: 'admin', run: () => revoke(key, ctx) })),
  { text: m.access.newKey, icon: 'access', role: 'admin', run: () => newKey(ctx) }, { text: m.access.newUser, icon: 'user', role: 'admin', run: () => newUser(ctx) }];

const keyState = key => key.revokedAt ? badge('cancelled', m.access.isRevoked, true) : key.expiresAt && new Date(key.expiresAt) < new Date() ? badge('expired', m.access.isExpired, true) : severityBadge('ok', m.access.works, true);

export function draw({ users, keys }, ctx) {
  return html`<section class="card flush" aria-labelledby="users"><header><h2 id="users">${m.access.users}</h2><div class="row">${users ? action({ label: m.access.newUser, glyph: 'plus', role: 'admin', small: true, on: () => newUser(ctx) }) : nothing}</div></header>${!users ? unavailable(m.access.usersUnavailable) : users.length ? html`<div class="scroll"><table class="table flow two"><thead><tr><th scope="col">${m.access.user}</th><th scope="col">${m.access.role}</th><th scope="col">${m.labels.state}</th><th scope="col" class="num">${m.access.lastLogIn}</th><th scope="col" class="num">${m.access.created}</th><th scope="col"><span class="sr">${m.labels.actions}</span></th></tr></thead><tbody>${repeat(users, user => user.id, user => html`<tr><th scope="row">${visibleText(user.name)}<span class="sub">${visibleText(user.displayName ?? '')}</span></th><td data-l=${m.access.role}>${m.access.roles[user.role] ?? user.role}</td><td>${user.disabled ? badge('cancelled', m.access.isDisabled, true) : severityBadge('ok', user.hasPassword ? m.access.works : m.access.byLink, true)}</td><td class="num" data-l=${m.access.lastLogIn}>${user.lastLogInAt ? ago(user.lastLogInAt) : m.access.never}</td><td class="num" data-l=${m.access.created}>${ago(user.createdAt)}</td><td class="acts">${action({ label: m.access.edit, small: true, role: 'admin', on: () => editUser(user, ctx) })} ${action({ label: m.access.link, small: true, role: 'admin', on: () => link(user) })} ${action({ label: m.access.logOut, small: true, role: 'admin', on: () => logOutEverywhere(user, ctx) })} ${action({ label: m.job.remove, small: true, role: 'admin', on: () => removeUser(user, ctx) })}</td></tr>`)}</tbody></table></div>` : empty({ glyph: 'user', title: m.access.noUsers, text: m.access.noUsersText })}</section>
    <section class="card flush" aria-labelledby="keys"><header><h2 id="keys">${m.access.keys}</h2><span class="muted small">${m.access.keysHint}</span><div class="row">${keys ? action({ label: m.access.newKey, glyph: 'plus', role: 'admin', small: true, on: () => newKey(ctx) }) : nothing}</div></header>${!keys ? unavailable(m.access.keysUnavailable) : keys.length ? html`<div class="scroll"><table class="table flow two"><thead><tr><th scope="col">${m.access.key}</th><th scope="col">${m.access.role}</th><th scope="col">${m.access.scope}</th><th scope="col">${m.labels.state}</th><th scope="col" class="num">${m.access.lastUsed}</th><th scope="col" class="num">${m.access.expires}</th><th scope="col"><span class="sr">${m.labels.actions}</span></th></tr></thead><tbody>${repeat(keys, key => key.id, key => html`<tr><th scope="row">${visibleText(key.name)}<span class="sub"><code>${key.id.slice(0, 8)}</code>, ${m.access.madeWhen(ago(key.createdAt))}</span></th><td data-l=${m.access.role}>${m.access.roles[key.role] ?? key.role}</td><td data-l=${m.access.scope}>${[...(key.queues ?? []), key.tenant ? m.access.ofTenant(key.tenant) : null].filter(Boolean).map(visibleText).join(', ') || html`<span class="muted">${m.access.everything}</span>`}</td><td>${keyState(key)}</td><td class="num" data-l=${m.access.lastUsed}>${key.lastUsedAt ? ago(key.lastUsedAt) : m.access.never}</td><td class="num" data-l=${m.access.expires}>${key.expiresAt ? ago(key.expiresAt) : m.access.neverExpires}</td><td class="acts">${key.revokedAt ? nothing : action({ label: m.access.revoke, small: true, role: 'admin', on: () => revoke(key, ctx) })}</td></tr>`)}</tbody></table></div>` : empty({ glyph: 'access', title: m.access.noKeys })}</section>`;
}

