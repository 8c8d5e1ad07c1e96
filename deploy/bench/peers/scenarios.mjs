/*
 * What is measured, with the names and in the way of Penstock's own benchmark: each scenario warms up with jobs that go
 * the same way, removes them, and then measures. Each takes a run, see measure.mjs, and returns its figures.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { produce } from './bulk-producer.mjs';
import { Completions } from './completions.mjs';
import { cpu, rate, rounded, startEffort } from './effort.mjs';
import { Latencies } from './latencies.mjs';
import { payloadOf } from './payload.mjs';

const SMALL_JSON_BYTES = 200;
const LARGE_JSON_BYTES = 4_096;
const MANY_SLOTS = 100;
const DEFAULT_SLOTS = null;
/** Between two jobs of `pickup`, so that the worker is back in its blocking read. */
const PAUSE_MS = 1;

export const scenarios = new Map([
    ['queue-add', addOneByOne],
    ['queue-add-bulk', addInBulk],
    ['worker-1', (run) => workOff(run, 1)],
    ['worker-concurrent', (run) => workOff(run, MANY_SLOTS)],
    ['e2e', endToEnd],
    ['pickup', pickUp],
    ['memory', queueMemory],
]);

/** One caller that waits for each answer before it adds the next job. */
async function addOneByOne(run) {
    const producer = await run.openProducer();
    const payload = payloadOf(LARGE_JSON_BYTES);
    async function add(jobs) {
        const latencies = new Latencies();
        for (let i = 0; i < jobs; i++) {
            const calledAt = process.hrtime.bigint();
            await producer.add(payload);
            latencies.add(process.hrtime.bigint() - calledAt);
        }
        return latencies;
    }

    await add(run.warmUp);
    await run.removeJobs();
    const start = await startEffort(run.server);
    const latencies = await add(run.jobs);
    const effort = await start.end();
    return { ...rate(effort, run.jobs), ...cpu(effort, run.jobs), ...latencies.figures() };
}

/** One caller that adds in bulk calls. */
async function addInBulk(run) {
    const producer = await run.openProducer();
    await produce(producer, run.warmUp);
    await run.removeJobs();
    const start = await startEffort(run.server);
    await produce(producer, run.jobs);
    const effort = await start.end();
    return { ...rate(effort, run.jobs), ...cpu(effort, run.jobs) };
}

/** A worker that finds a full queue: from its start until the end of the last job is stored. */
async function workOff(run, slots) {
    async function measure(jobs) {
        const producer = await run.openProducer();
        await produce(producer, jobs);
        // A producer may listen to what becomes of its jobs; the worker must not share its process with that.
        await producer.close();
        const completions = new Completions();
        const worker = await run.openWorker(slots, () => {}, completions);
        const start = await startEffort(run.server);
        worker.run();
        await completions.reach(jobs);
        const effort = await start.end();
        await worker.stop();
        return effort;
    }

    await measure(run.warmUp);
    await run.removeJobs();
    const effort = await measure(run.jobs);
    return { ...rate(effort, run.jobs), ...cpu(effort, run.jobs) };
}

/** Producer and worker at once, each a process of its own: from the first add until the last end is stored. */
async function endToEnd(run) {
    const completions = new Completions();
    const worker = await run.openWorker(MANY_SLOTS, () => {}, completions);
    worker.run();
    const producer = run.startProducer();
    await producer.awaitWarm();
    await completions.reach(run.warmUp);
    const start = await startEffort(run.server);
    const added = producer.awaitCpuMicros();
    producer.go();
    await completions.reach(run.warmUp + run.jobs);
    const effort = await start.end();
    effort.clientMicros += await added;
    producer.close();
    await worker.stop();
    return { ...rate(effort, run.jobs), ...cpu(effort, run.jobs) };
}

/** An idle worker and one job at a time: from the call that adds it to the first line of its handler. */
async function pickUp(run) {
    const producer = await run.openProducer();
    const payload = payloadOf(SMALL_JSON_BYTES);
    const completions = new Completions();
    let startedAt;
    const worker = await run.openWorker(DEFAULT_SLOTS, () => (startedAt = process.hrtime.bigint()), completions);
    worker.run();
    let picked = 0;
    async function pickUpOneByOne(jobs) {
        const latencies = new Latencies();
        for (let i = 0; i < jobs; i++) {
            const stored = completions.reach(++picked);
            const calledAt = process.hrtime.bigint();
            await Promise.all([producer.add(payload), stored]);
            latencies.add(startedAt - calledAt);
            await pause(PAUSE_MS);
        }
        return latencies;
    }

    await pickUpOneByOne(run.warmUp);
    const start = await startEffort(run.server);
    const latencies = await pickUpOneByOne(run.jobs);
    const effort = await start.end();
    await worker.stop();
    return { ...cpu(effort, run.jobs), ...latencies.figures() };
}

/** What waiting jobs cost the server: the growth of its used memory. */
async function queueMemory(run) {
    const producer = await run.openProducer();
    // Scripts, connections and their buffers must not count.
    await produce(producer, run.warmUp);
    await run.removeJobs();
    const before = await run.server.usedMemory();
    await produce(producer, run.jobs);
    const after = await run.server.usedMemory();
    return { bytesPerQueuedJob: rounded((after - before) / run.jobs, 10) };
}
