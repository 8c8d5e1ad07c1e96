/*
 * The producer process of the scenario e2e: adds the warm-up jobs, says so, waits for a word, adds the measured jobs,
 * and says how much CPU time these took. It ends when the process at the other end does.
 */
import { produce } from './bulk-producer.mjs';
import { cpuMicrosSince } from './effort.mjs';
import { peers } from './peers.mjs';

process.on('disconnect', () => process.exit(1));

process.once('message', async ({ peer, options, warmUp, jobs }) => {
    const producer = await peers.get(peer).openProducer(options);
    await produce(producer, warmUp);
    process.send('warm');
    await new Promise((go) => process.once('message', go));
    const before = process.cpuUsage();
    await produce(producer, jobs);
    process.send(cpuMicrosSince(before));
});
