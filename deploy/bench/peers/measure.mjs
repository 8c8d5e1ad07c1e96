/*
 * Measures one scenario of one peer and prints a JSON line with the same fields as Penstock's own benchmark:
 *
 *   PENSTOCK_BENCH_REDIS=redis://127.0.0.1:6379 node measure.mjs --peer bullmq --scenario e2e --jobs 50000 --warm-up 20000
 *
 * The address is not an argument: it may hold a password, and arguments can be read by everybody on the machine.
 */
import { parseArgs } from 'node:util';
import { peers } from './peers.mjs';
import { ProducerProcess } from './producer-process.mjs';
import { scenarios } from './scenarios.mjs';
import { Server } from './server.mjs';

/** The queue of all runs; nobody else has one of this name. */
const QUEUE = 'penstock-bench';

const { values: args } = parseArgs({
    options: {
        peer: { type: 'string' },
        scenario: { type: 'string' },
        jobs: { type: 'string' },
        'warm-up': { type: 'string' },
        'remove-ended': { type: 'boolean', default: false },
    },
});
const redisUrl = process.env.PENSTOCK_BENCH_REDIS;
const peer = peers.get(args.peer);
const measure = scenarios.get(args.scenario);
const jobs = Number(args.jobs);
const warmUp = Number(args['warm-up']);
if (!redisUrl || !peer || !measure || !(jobs > 0) || !(warmUp > 0)) {
    console.error(
        `Needed: PENSTOCK_BENCH_REDIS, --peer ${[...peers.keys()].join(' or ')}, ` +
            `--scenario ${[...scenarios.keys()].join(', ')}, --jobs N, --warm-up N`,
    );
    process.exit(2);
}

const server = new Server(redisUrl);
const options = { redisUrl, queue: QUEUE, removeEnded: args['remove-ended'] };
const removeJobs = () => server.removeKeys(`${peer.keyPrefix}${QUEUE}:`);

/** What a scenario may use. */
const run = {
    jobs,
    warmUp,
    server,
    removeJobs,
    openProducer: () => peer.openProducer(options),
    openWorker: (slots, handler, completions) => peer.openWorker(options, slots, handler, completions),
    startProducer: () => new ProducerProcess({ peer: args.peer, options, warmUp, jobs }),
};

try {
    const figures = await measure(run);
    console.log(JSON.stringify({ scenario: args.scenario, jobs, ...figures }));
} catch (error) {
    console.error(`${args.peer} could not be measured: ${error.message}`);
    process.exitCode = 1;
}
// The connections that the peer still has open would keep the process.
await removeJobs();
process.exit();
