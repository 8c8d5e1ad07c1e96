// The one way by which the console makes elements. Values in templates become text or attributes, never markup.
export { html, svg, render, nothing } from '../lib/lit-html.js';
export { repeat } from '../lib/directives/repeat.js';
export { live } from '../lib/directives/live.js';
