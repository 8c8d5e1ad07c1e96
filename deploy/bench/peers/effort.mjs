const NANOS_PER_MICRO = 1e3;
const MICROS_PER_SECOND = 1e6;

/** The beginning of a stretch of work; its `end` tells what the stretch cost. */
export async function startEffort(server) {
    const redisBefore = await server.cpuMicros();
    const clientBefore = process.cpuUsage();
    const wallBefore = process.hrtime.bigint();
    return {
        async end() {
            const wallMicros = Number(process.hrtime.bigint() - wallBefore) / NANOS_PER_MICRO;
            const clientMicros = cpuMicrosSince(clientBefore);
            return { wallMicros, clientMicros, redisMicros: (await server.cpuMicros()) - redisBefore };
        },
    };
}

/** CPU time of this process, user and system, garbage collection and compilation included. */
export function cpuMicrosSince(before) {
    const { user, system } = process.cpuUsage(before);
    return user + system;
}

export function rate(effort, jobs) {
    return { jobsPerSecond: rounded((jobs / effort.wallMicros) * MICROS_PER_SECOND, 1) };
}

export function cpu(effort, jobs) {
    return {
        redisMicrosPerJob: rounded(effort.redisMicros / jobs, 100),
        clientMicrosPerJob: rounded(effort.clientMicros / jobs, 100),
    };
}

export function rounded(value, fraction) {
    return Math.round(value * fraction) / fraction;
}
