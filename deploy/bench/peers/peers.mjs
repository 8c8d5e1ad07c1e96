import { beeQueue } from './bee-queue.mjs';
import { bullMq } from './bullmq.mjs';

/**
 * The peers by the name they have on npm. Each owes
 *
 *  - `keyPrefix`: what its keys begin with, before the name of the queue;
 *  - `openProducer(options)`: a connected producer with `add(payload)` and `addAll(payloads)`, which resolve when Redis
 *    has accepted the jobs, and `close()`;
 *  - `openWorker(options, slots, handler, completions)`: a connected worker with `run()` and `stop()`. Slots may be null
 *    for the peer's default; the handler is called first thing for each job; completions hears of each stored end.
 *
 * Options: `redisUrl`, `queue`, and `removeEnded`, which asks for something else than the peer's default.
 */
export const peers = new Map([
    ['bullmq', bullMq],
    ['bee-queue', beeQueue],
]);
