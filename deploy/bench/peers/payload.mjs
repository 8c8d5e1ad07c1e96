const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_';
const NUMBER = 1_000_000;

/** What the measured jobs carry, as in Penstock's own benchmark: a text that does not compress, so many bytes as JSON. */
export function payloadOf(jsonBytes) {
    const aroundTheText = JSON.stringify({ number: NUMBER, text: '' }).length;
    let text = '';
    while (aroundTheText + text.length < jsonBytes) {
        text += LETTERS[Math.floor(Math.random() * LETTERS.length)];
    }
    return { number: NUMBER, text };
}
