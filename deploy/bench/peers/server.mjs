import { Redis } from 'ioredis';

const MICROS_PER_SECOND = 1e6;
const SCAN_COUNT = 1_000;

/** The server that is measured, asked about itself and cleaned up, over a connection apart from the peer's. */
export class Server {
    #client;

    constructor(url) {
        this.#client = new Redis(url);
    }

    /** User and system time of the whole server since its start. */
    async cpuMicros() {
        const cpu = await this.#client.info('cpu');
        return (number(cpu, 'used_cpu_user') + number(cpu, 'used_cpu_sys')) * MICROS_PER_SECOND;
    }

    async usedMemory() {
        return number(await this.#client.info('memory'), 'used_memory');
    }

    async removeKeys(prefix) {
        let cursor = '0';
        do {
            const [next, keys] = await this.#client.scan(cursor, 'MATCH', `${prefix}*`, 'COUNT', SCAN_COUNT);
            if (keys.length > 0) {
                // Not UNLINK: memory that is still being given back would count against the next run.
                await this.#client.del(keys);
            }
            cursor = next;
        } while (cursor !== '0');
    }

    close() {
        this.#client.disconnect();
    }
}

function number(info, field) {
    const line = info.match(new RegExp(`^${field}:([0-9.]+)`, 'm'));
    if (!line) {
        throw new Error(`INFO does not tell ${field}`);
    }
    return Number(line[1]);
}
