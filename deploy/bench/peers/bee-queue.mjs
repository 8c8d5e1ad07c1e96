import Queue from 'bee-queue';

/**
 * bee-queue as its documentation shows it: `createJob().save()`, `saveAll` for many, `process` with a concurrency.
 * All else is its default: succeeded jobs are kept without bound, an event is published for each end, and every queue
 * object listens to these events, also one that only adds; stalled jobs are looked for once, when a worker starts.
 * See peers.mjs for what a peer owes.
 */
export const beeQueue = {
    keyPrefix: 'bq:',

    async openProducer(options) {
        const producer = await open(options);
        return {
            add: (payload) => producer.createJob(payload).save(),
            async addAll(payloads) {
                const errors = await producer.saveAll(payloads.map((payload) => producer.createJob(payload)));
                for (const error of errors.values()) {
                    throw error;
                }
            },
            close: () => producer.close(),
        };
    },

    async openWorker(options, slots, handler, completions) {
        const worker = await open(options);
        worker.on('succeeded', () => completions.oneIsStored());
        worker.on('failed', (job, error) => completions.fail(error));
        worker.on('error', (error) => completions.fail(error));
        const handle = async () => void handler();
        return {
            run: () => (slots ? worker.process(slots, handle) : worker.process(handle)),
            stop: () => worker.close(),
        };
    },
};

async function open({ redisUrl, queue, removeEnded }) {
    const opened = new Queue(queue, {
        redis: { url: redisUrl },
        ...(removeEnded && { removeOnSuccess: true }),
    });
    await opened.ready();
    return opened;
}
