import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('producer.mjs', import.meta.url));

/** A producer in a process of its own, as this process sees it. Its other end is producer.mjs. */
export class ProducerProcess {
    #process = fork(PROGRAM);

    /** @param {{peer: string, options: object, warmUp: number, jobs: number}} task */
    constructor(task) {
        this.#process.send(task);
    }

    /** Waits until the warm-up jobs are added. */
    async awaitWarm() {
        await this.#nextMessage();
    }

    go() {
        this.#process.send('go');
    }

    /** Waits until its last job is added, and returns the CPU time that it took for the measured ones. */
    awaitCpuMicros() {
        return this.#nextMessage();
    }

    #nextMessage() {
        return new Promise((resolve, reject) => {
            const gone = () => reject(new Error('the producer process has ended early'));
            this.#process.once('exit', gone);
            this.#process.once('message', (message) => {
                this.#process.off('exit', gone);
                resolve(message);
            });
        });
    }

    /** It ends by itself when nobody listens any more. */
    close() {
        this.#process.disconnect();
    }
}
