import { Queue, Worker } from 'bullmq';

const JOB_NAME = 'bench.nothing';

/**
 * BullMQ as its documentation shows it: a Queue to add, `addBulk` for many, a Worker with a concurrency, ioredis beneath.
 * All else is its default: completed jobs are kept without bound, an event stream of some 10,000 entries is written,
 * locks are renewed, stalled jobs are looked for. See peers.mjs for what a peer owes.
 */
export const bullMq = {
    keyPrefix: 'bull:',

    async openProducer({ redisUrl, queue, removeEnded }) {
        const producer = new Queue(queue, {
            connection: { url: redisUrl },
            ...(removeEnded && { defaultJobOptions: { removeOnComplete: true } }),
        });
        await producer.waitUntilReady();
        return {
            add: (payload) => producer.add(JOB_NAME, payload),
            addAll: (payloads) => producer.addBulk(payloads.map((data) => ({ name: JOB_NAME, data }))),
            close: () => producer.close(),
        };
    },

    async openWorker({ redisUrl, queue }, slots, handler, completions) {
        const worker = new Worker(queue, async () => void handler(), {
            connection: { url: redisUrl },
            autorun: false,
            ...(slots && { concurrency: slots }),
        });
        worker.on('completed', () => completions.oneIsStored());
        worker.on('failed', (job, error) => completions.fail(error));
        worker.on('error', (error) => completions.fail(error));
        await worker.waitUntilReady();
        return {
            run: () => worker.run().catch((error) => completions.fail(error)),
            stop: () => worker.close(),
        };
    },
};
