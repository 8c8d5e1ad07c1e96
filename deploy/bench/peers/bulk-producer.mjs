import { payloadOf } from './payload.mjs';

/** Jobs in one call, and calls under way: the same as in Penstock's own benchmark. */
const CALL = 50;
const WINDOW = 4;
const JSON_BYTES = 200;

const payload = payloadOf(JSON_BYTES);

/** Adds jobs in bulk calls, a bounded number of them under way; resolves when Redis has accepted all of them. */
export async function produce(producer, jobs) {
    let toSend = jobs;
    async function sendOneCallAfterAnother() {
        while (toSend > 0) {
            const size = Math.min(CALL, toSend);
            toSend -= size;
            await producer.addAll(Array(size).fill(payload));
        }
    }
    await Promise.all(Array.from({ length: WINDOW }, sendOneCallAfterAnother));
}
