import { rounded } from './effort.mjs';

const NANOS_PER_MILLI = 1e6;

/** Every measured duration; percentiles are exact. */
export class Latencies {
    #nanos = [];

    /** @param {bigint} nanos */
    add(nanos) {
        this.#nanos.push(Number(nanos));
    }

    figures() {
        return { p50Ms: this.#millisAt(50), p99Ms: this.#millisAt(99) };
    }

    /** The smallest value that so many percent do not exceed (nearest rank). */
    #millisAt(percent) {
        const sorted = this.#nanos.toSorted((a, b) => a - b);
        const rank = Math.ceil((percent / 100) * sorted.length);
        return rounded(sorted[rank - 1] / NANOS_PER_MILLI, 1000);
    }
}
