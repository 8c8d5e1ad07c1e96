// The palette: problems first, then actions, screens, what was open lately. `/` or Ctrl-K.
import { html, render, nothing } from './html.js';
import { m } from '../messages/en.js';
import { icon } from './parts.js';

const sources = [];
/** Adds a source of entries: () => [{group, text, hint, icon, severity, run}]; asked each time the palette opens. */
export const addSource = source => { sources.push(source); return () => sources.splice(sources.indexOf(source), 1); };

/** So many of a group while nothing is typed; screens are all shown. */
const BRIEF = 6;

function brief(entries) {
  const seen = {};
  return entries.filter(entry => entry.group === 'go' || (seen[entry.group] = (seen[entry.group] ?? 0) + 1) <= BRIEF);
}

let dialog = null;

export function openPalette() {
  if (dialog?.open) return;
  let place = document.getElementById('layer-palette');
  if (!place) {
    place = document.createElement('div');
    place.id = 'layer-palette';
    document.getElementById('layers').append(place);
  }
  const opener = document.activeElement;
  const all = sources.flatMap(source => source());
  let typed = '';
  let chosen = 0;
  const close = () => { dialog.close(); render(nothing, place); opener?.isConnected && opener.focus(); };
  const matching = () => {
    const words = typed.toLowerCase().split(/\s+/);
    const found = all.filter(entry => words.every(word => entry.text.toLowerCase().includes(word) || entry.hint?.toLowerCase().includes(word)));
    if (typed.trim().length > 2) found.push(...all.filter(entry => entry.free).map(entry => ({ ...entry, text: entry.free(typed.trim()), run: () => entry.run(typed.trim()) })));
    return typed ? found : brief(found.filter(entry => !entry.free));
  };
  const run = entry => { close(); entry.run(); };
  const onKey = event => {
    const shown = matching();
    if (event.key === 'ArrowDown') chosen = (chosen + 1) % Math.max(1, shown.length);
    else if (event.key === 'ArrowUp') chosen = (chosen - 1 + shown.length) % Math.max(1, shown.length);
    else if (event.key === 'Enter' && shown[chosen]) { event.preventDefault(); run(shown[chosen]); return; }
    else return;
    event.preventDefault();
    draw();
    dialog.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  };
  function draw() {
    const shown = matching();
    chosen = Math.min(chosen, Math.max(0, shown.length - 1));
    let group = null;
    render(html`<dialog class="palette" aria-label=${m.palette.label} @cancel=${event => { event.preventDefault(); close(); }} @click=${event => { if (event.target === dialog) close(); }}>
      <label>${icon('search')}<span class="sr">${m.palette.placeholder}</span><input role="combobox" aria-expanded="true" aria-controls="palette-list" aria-activedescendant=${shown.length ? `palette-${chosen}` : nothing} autocomplete="off" spellcheck="false" placeholder=${m.palette.placeholder} .value=${typed}
        @input=${event => { typed = event.target.value; chosen = 0; draw(); }} @keydown=${onKey}><kbd>Esc</kbd></label>
      <ul role="listbox" id="palette-list" aria-label=${m.palette.results}>${shown.map((entry, i) => {
        const head = entry.group !== group;
        group = entry.group;
        return html`${head ? html`<li class="head" role="presentation">${m.palette.groups[entry.group] ?? entry.group}</li>` : nothing}<li role="option" id="palette-${i}" aria-selected=${String(i === chosen)} data-severity=${entry.severity ?? nothing} @click=${() => run(entry)}>${icon(entry.icon ?? 'right')}${entry.text}${entry.keys ? html`<span>${entry.keys.map(key => html`<kbd>${key}</kbd> `)}</span>` : entry.hint ? html`<span>${entry.hint}</span>` : nothing}</li>`;
      })}${shown.length ? nothing : html`<li class="head" role="presentation">${m.palette.nothing}</li>`}</ul>
      <footer><span><kbd>↑</kbd> <kbd>↓</kbd> ${m.palette.choose}</span><span><kbd>Enter</kbd> ${m.palette.open}</span><span><kbd>?</kbd> ${m.palette.keys}</span></footer></dialog>`, place);
  }
  draw();
  dialog = place.querySelector('dialog');
  dialog.showModal();
  dialog.querySelector('input').focus();
}
