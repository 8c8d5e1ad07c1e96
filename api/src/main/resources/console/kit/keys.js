// The list of all keys: `?`.
import { html } from './html.js';
import { m } from '../messages/en.js';
import { ask } from './dialog.js';
import { pages } from '../menu.js';

export const showKeys = () => ask({
  title: m.keys.title,
  verb: m.actions.close,
  act: async () => true,
  body: () => html`<dl class="facts tight">${m.keys.all.map(([keys, text]) => html`<dt>${keys.map(key => html`<kbd>${key}</kbd> `)}</dt><dd>${text}</dd>`)}
    ${pages().filter(page => page.key).map(page => html`<dt><kbd>g</kbd> <kbd>${page.key}</kbd></dt><dd>${page.title}</dd>`)}</dl>`,
});
