// Everything the console says, in English. A translation is another module of this shape: sentences are whole, with
// functions for what is put into them, so that another language may order the words as it needs.
import { html } from '../lib/lit-html.js';

const s = n => (n === 1 ? '' : 's');
const count = n => n.toLocaleString('en-US');
/** A count that is formatted already, with its noun. */
const jobs = n => `${n} job${n === '1' ? '' : 's'}`;

export const m = {
  brand: 'Penstock',
  pageTitle: (title, environment) => `${title} · Penstock ${environment}`.trim(),
  skip: 'Skip to content',
  loading: 'Loading',
  clockTitle: zone => `Times are shown in ${zone}, your zone`,
  since: time => `since ${time}`,
  of: n => `of ${n}`,
  needsRole: role => `Needs the role ${role}.`,
  typeToConfirm: word => html`Type <code>${word}</code> to confirm`,
  time: { ago: text => `${text} ago`, in: text => `in ${text}` },
  units: { perSecond: '/s', perMinute: '/min' },

  nav: {
    label: 'Main', more: 'More', logOut: 'Log out', problems: 'problems', dead: 'dead', alive: 'alive',
    sections: { work: 'Work', machinery: 'Machinery', records: 'Records', workloads: 'Workloads' },
    overview: 'Overview', queues: 'Queues', jobs: 'Jobs', batches: 'Batches', schedules: 'Schedules', workers: 'Workers', flow: 'Flow', cache: 'Cache',
    health: 'Health', alerts: 'Alerts', reports: 'Reports', audit: 'Audit', access: 'Access',
  },
  live: { on: 'Live', paused: 'Paused', lost: 'Lost', hint: 'Updates as things happen. Press to hold still.', reconnect: 'Reconnect now', stale: (time, at) => html`<b>Nothing has answered for ${time}.</b> What you see is from ${at}. The console goes on trying.` },
  theme: { change: now => `Theme: ${now}. Change` },
  actions: {
    close: 'Close', dismiss: 'Cancel', working: 'Working…', undo: 'Undo', copy: 'Copy', tryAgain: 'Try again', save: 'Save', stop: 'Stop', retry: 'Retry', pause: 'Pause', resume: 'Resume', dropFilter: 'Show all',
  },
  labels: {
    actions: 'Actions', details: 'Details', job: 'Job', type: 'Type', queue: 'Queue', worker: 'Worker', batch: 'Batch', state: 'State', error: 'Error', tenant: 'Tenant', group: 'Group', tags: 'Tags', priority: 'Priority', attempts: 'Attempts', started: 'Started',
    waiting: 'waiting', active: 'active', scheduled: 'scheduled', completed: 'completed', dead: 'dead', oldest: 'oldest', inRate: 'in /s', outRate: 'out /s',
  },
  states: {
    waiting: 'Waiting', active: 'Active', scheduled: 'Scheduled', retrying: 'Retrying', awaiting_children: 'Awaiting children', completed: 'Completed', dead: 'Dead', cancelled: 'Cancelled', expired: 'Expired', deleted: 'Deleted', ended: 'Ended', failed: 'Failed', paused: 'Paused', skipped: 'Skipped',
  },
  errors: {
    status: status => `The service answered ${status}.`,
    unreachable: 'The service cannot be reached.',
    notFoundTitle: 'Not found',
    newVersion: 'New version',
    noSuchPage: overview => html`<div class="empty"><h2>No such page</h2><p>The address leads nowhere. Go to ${overview}.</p></div>`,
    moduleGone: reload => html`<div class="empty"><h2>This page is of an older release</h2><p>The service was updated, or cannot be reached. Loading the page again brings what is current.</p><button class="btn" type="button" @click=${reload}>Load again</button></div>`,
    load: error => error.status === 403 ? { title: 'Not yours to see', text: `${error.message} Ask an admin for the right.` }
      : error.status === 404 ? { title: 'Not found', text: error.message }
      : error.status === 429 ? { title: 'Too many requests', text: `${error.message} The console waits and asks again.` }
      : error.away ? { title: 'Nothing answers', text: `${error.message} Nothing is lost by that; the console goes on trying.` }
      : { title: 'This could not be loaded', text: error.message },
    action: error => error.status === 403 ? `Refused: ${error.message}`
      : error.away ? `${error.message} ${error.effect === 'none' ? 'Nothing was changed.' : 'It may have taken effect all the same: look again before you repeat it.'}`
      : error.status === 409 ? `Nothing was changed. ${error.message}` : error.message,
  },
  notAvailable: { title: 'Not available', text: 'This deployment does not offer it.' },

  palette: {
    label: 'Go to or act', placeholder: 'Screen, action, queue or job id', results: 'Results', nothing: 'Nothing is called that.', choose: 'choose', open: 'open', keys: 'all keys',
    groups: { problems: 'Problems', actions: 'Actions', go: 'Go to', queues: 'Queues', recent: 'Recent' },
    theme: 'Change theme', pauseLive: 'Hold the page still', resumeLive: 'Update the page again', openJob: id => `Open job ${id}`,
  },
  keys: {
    title: 'Keys',
    all: [[['/', 'Ctrl K'], 'Go to or act'], [['j', 'k'], 'Next row, row before'], [['x'], 'Select the row'], [['Enter'], 'Open the row'], [['r'], 'Retry'], [['p'], 'Pause or resume the queue'], [['Esc'], 'Close what is on top'], [['?'], 'This list']],
  },

  login: {
    title: 'Log in', with: 'Log in with', account: 'Account', key: 'API key', name: 'Name', password: 'Password', enter: 'Log in', provider: 'Log in through the provider', changePassword: 'Change password', currentPassword: 'Current password', passwordHint: 'at least 12 characters; other sessions end', passwordChanged: 'The password is changed; other sessions have ended.',
    keyHint: 'This tab keeps it until it is closed.', ended: 'The session has ended. Log in again to go on.', noAccount: 'No account? An admin makes one, or a link that logs in once.',
    failed: error => error.status === 401 ? 'That did not fit, or it has ended.' : error.status === 429 ? `Too many tries. Try again in ${error.retryAfter ?? 'some'} s.` : error.message,
  },

  overview: {
    problems: n => n === 0 ? 'No problems' : `${n} problem${s(n)}`, checks: n => `${n} checks`, noAlerts: 'No alert is raised.',
    allWell: (queue, wait) => queue ? html`Every check passes. The longest wait is ${wait}, in ${queue}.` : 'Every check passes, and nothing waits.',
    unknown: parts => `Some checks could not be made: ${parts} did not answer.`,
    waitingLastHour: 'waiting, last hour', diedPerMinute: 'died per minute, all jobs', byState: 'Jobs by state', worstFirst: n => `${n}, worst first`, allColumns: 'All columns',
    mostIn: (share, queue) => `${share} in ${queue}`, nothing: 'nothing waits', slots: (n, lost) => lost ? `of ${n} slots, ${lost} worker${s(lost)} lost` : `of ${n} slots`,
    failed24h: n => `${n} failed in 24 h`, completed24h: 'Completed, 24 h', died24h: n => `+${n} in 24 h`, noneDied: 'none in 24 h', pausedQueues: 'Paused queues', none: 'none',
    changed: 'What changed', nothingChanged: 'Nothing changed in this time',
    marks: { deployment: what => html`${what} deployed`, pause: what => html`${what} was paused`, resume: what => html`${what} was resumed`, 'worker-lost': what => html`Worker ${what} lost`, alert: what => html`Alert: ${what}`, recovered: what => html`Recovered: ${what}` },
    check: { queues: n => `${n} queue${s(n)} looked at`, workers: n => `${n} worker${s(n)} alive`, dead: n => `${n} dead jobs` },
    go: { queue: 'Queue', workers: 'Workers', dead: 'Dead jobs', schedules: 'Schedules', flow: 'Flow', alerts: 'Alerts', health: 'Health' },
  },
  charts: {
    range: 'Time range', label: window => `Charts of ${window}`, windows: { '1m': '1 min', '15m': '15 min', '1h': '1 h', '6h': '6 h', '24h': '24 h', '7d': '7 d' },
    throughput: 'Throughput', failures: 'Failures', wait: 'Wait', backlog: 'Backlog', completed: 'completed', enqueued: 'enqueued', died: 'died', willRetry: 'will retry', deployment: 'deployment', oldest: 'oldest', waiting: 'waiting', now: 'now',
    p50: text => `p50 ${text}`, p99: text => `p99 ${text}`, p50Word: 'p50', p99Word: 'p99', perSecond: 'per s', perMinute: 'per min', logScale: 'log', jobs: 'jobs', bound: text => `bound ${text}`,
    throughputFinding: (done, added) => `Jobs per second: ${done} completed, ${added} enqueued`, failuresFinding: (died, retry) => `Failures per minute: ${died} died, ${retry} will retry`,
    waitFinding: (p50, p99, oldest) => `Wait before start, log scale: p50 ${p50}, p99 ${p99}, oldest ${oldest}`, backlogFinding: n => `${n} jobs waiting`,
  },

  queues: {
    queue: 'Queue', filter: 'Name of a queue', none: 'There is no queue', noneNamed: name => `No queue is called ${name}`,
    summary: (n, paused, unserved) => [`${n} queue${s(n)}`, paused ? `${paused} paused` : '', unserved ? `${unserved} without a worker` : ''].filter(Boolean).join(' · '),
    noWorker: 'no worker', runs: 'Running', bound: text => `Bound ${text}`, ofBound: (share, bound) => `${share} of its bound of ${bound}`, boundWord: 'Bound for waiting',
    oldestOfBound: 'Oldest, of bound', inPerSecond: 'In /s', outPerSecond: 'Out /s', waitingHour: 'Waiting, 1 h', byState: 'Jobs of this queue by state',
    oldest: text => `oldest ${text}`, nothingWaits: 'nothing waits', ofSlots: n => `of ${n} slots`, withRetrying: 'with retrying ones', sinceItExists: 'since it exists', stillKept: 'still kept', failedAttempts: n => `${n} failed attempts`, behindGroup: 'Behind their group',
    waits: n => `${n} wait`, lastHour: 'Last hour', completedHour: 'Completed', perMinute: (n, rate) => `${n}, ${rate} /min`, perMinuteHead: 'Per min', failedHour: 'Failed attempts', mostWaiting: 'Most waiting', meanWaiting: 'Mean waiting', notMeasured: 'Nothing was measured in the last hour.',
    slow: 'Running for long', slowHint: 'longer than is usual here', noSlow: 'No job runs for longer than is usual',
    pauseNamed: queue => `Pause ${queue}`, resumeNamed: queue => `Resume ${queue}`, pausedNow: (queue, n) => html`<code>${queue}</code> is paused. ${n} job${s(n)} wait.`, resumed: queue => html`<code>${queue}</code> runs.`, pausedAgain: queue => html`<code>${queue}</code> is paused again.`,
    clearedSoFar: n => `${n} gone so far`,
    pauseAll: { button: 'Pause all…', title: 'Pause all queues', text: 'queues start no more jobs. Running jobs end; new ones are accepted and kept.', verb: n => `Pause ${n} queues`, done: n => `${n} queues are paused.` },
    drain: {
      button: 'Drain…', title: queue => `Drain ${queue}`, which: 'Which jobs', verb: n => `Drop ${jobs(n)}`, footnote: 'Cannot be undone.', done: (queue, n) => html`Cancelled: ${jobs(n)} of <code>${queue}</code>.`,
      choices: { waiting: 'Waiting', 'waiting-and-delayed': 'Waiting, scheduled and retrying' },
      explain: { waiting: queue => jobs(count(queue.waiting)), 'waiting-and-delayed': queue => jobs(count(queue.waiting + queue.scheduled)) },
      counts: { waiting: queue => queue.waiting, 'waiting-and-delayed': queue => queue.waiting + queue.scheduled },
      consequence: { waiting: 'They count as cancelled, without a record each. Running, delayed and dead jobs stay.', 'waiting-and-delayed': 'They count as cancelled, without a record each. Running and dead jobs stay.' },
    },
    purge: {
      button: 'Purge…', title: queue => `Purge ${queue}`, which: 'What', verb: n => n === '–' ? 'Forget them' : `Forget ${jobs(n)}`, footnote: 'For good: nothing of them is kept in the queue.', done: (queue, n) => html`Gone: ${jobs(n)} of <code>${queue}</code>.`,
      choices: { dead: 'Dead jobs', records: 'Records of ended jobs', all: 'Everything but running jobs' },
      explain: { dead: queue => jobs(count(queue.dead)), records: () => 'completed, cancelled and expired ones that are still kept', all: queue => `${jobs(count(queue.waiting + queue.scheduled + queue.dead))} and the records` },
      counts: { dead: queue => queue.dead, records: () => null, all: queue => queue.waiting + queue.scheduled + queue.dead },
      consequence: { dead: 'They cannot be retried any more.', records: 'What is in the history stays there.', all: 'Waiting, scheduled, retrying and dead jobs go as if they had never been enqueued.' },
    },
    limits: 'Limits', noLimit: 'none', asConfigured: 'as configured', declared: what => `declared: ${what}`, overridden: n => `${n} overridden`, rateWords: (n, per) => `${n} in ${per}`, groupRate: 'Starts of one group', saveLimits: 'Save…', limitsTitle: queue => `Limits of ${queue}`, limitsFootnote: 'Holds in every process within two seconds. What runs goes on.', limitsSaved: queue => html`The limits of <code>${queue}</code> hold now.`, changedBy: (who, when) => html`Changed by ${who} ${when}`,
    limitNames: { concurrency: 'Slots per worker', globalConcurrency: 'Most at once, all workers', groupConcurrency: 'Of one group at once', 'rateLimit.permits': 'Starts, all workers', 'rateLimit.perS': 'In so many s', 'rateLimit.burst': 'At once after a pause', 'groupRateLimit.permits': 'Starts of one group', 'groupRateLimit.perS': 'In so many s', 'groupRateLimit.burst': 'At once after a pause' },
    pausedGroups: 'Paused groups', noGroups: 'No group is paused.', pauseGroupButton: 'Pause group…', pauseGroup: 'Pause one group', pauseGroupVerb: 'Pause group', pauseGroupText: 'No job of it starts until then. Running ones end, new ones are accepted, other groups go on.', minutes: 'Minutes', groupPaused: group => html`<code>${group}</code> is paused.`, groupResumed: group => html`<code>${group}</code> runs.`,
  },

  jobs: {
    all: 'All', stateTabs: 'State', addFilter: 'Add a filter', placeholder: 'type: tenant: error: payload.page=… or text', suggestions: 'Suggestions', removeFilter: name => `Remove filter ${name}`, saveView: 'Save view', viewName: 'Name', viewKept: 'This browser keeps it. The address says the same to others.', saved: 'Saved', forgetView: name => `Forget ${name}`, copyLink: 'Copy link to this filter', linkCopied: 'The link is copied.',
    searchText: text => `“${text}” in payload or error`, openId: id => `Open job ${id}`, last: text => `last ${text}`,
    chips: { from: 'from', to: 'to', fingerprint: 'error kind', error: 'error', text: 'text' },
    filters: { state: 'where it is', queue: 'queue', type: 'type of job', id: 'exact id', tenant: 'whose work it is', group: 'group', tag: 'one of its words', fingerprint: 'kind of error', error: 'text of the error', text: 'text in payload or error', from: 'since: 15m, 3h, 7d or a time', to: 'until a time', 'payload.': 'a value in the payload' },
    views: { deadToday: 'Dead today', retrying: 'Retrying', longest: 'Longest running' },
    groups: (n, kinds, state) => `${n} ${state}, ${kinds} kind${s(kinds)} of error`, share: 'Share', lastHour: 'Last 1 h', first: zone => `First, ${zone}`, firstWord: 'first', lastSeen: 'Last',
    times: { waits: 'Waits since', runs: 'Runs for', due: 'Due', died: 'Died', when: 'When' },
    range: (from, to, total) => to ? `${from} – ${to} of ${total}` : `0 of ${total}`, incomplete: n => `${n} looked at so far; go on with Older`, fresh: n => `${n} new`, newer: 'Newer', older: 'Older',
    select: id => `Select ${id}`, selectAll: 'Select all on this page', selectedJobs: 'Selected jobs', selectedWord: 'selected', clearSelection: 'Clear the selection', copyIds: 'Copy ids', idsCopied: n => `${n} id${s(n)} copied.`,
    none: 'No job is here', unavailable: 'Jobs are not listed here', noneFilter: 'No job fits all filters. Drop one:', noneAtAll: 'Jobs appear as soon as one is enqueued.', drop: name => `Drop ${name}`,
    sample: (shown, whole, at, zone) => `${shown} of ${whole}, counted at ${at} ${zone}. Later ones are not touched.`,
  },
  bulk: {
    title: { retry: 'Retry all that match', cancel: 'Cancel all that match', 'run-now': 'Run all that match now', delete: 'Delete all that match' },
    all: { retry: 'Retry all that match…', cancel: 'Cancel all that match…', 'run-now': 'Run all that match now…', delete: 'Delete all that match…' },
    allButton: { retry: 'Retry all…', cancel: 'Cancel all…', 'run-now': 'Run all now…', delete: 'Delete all…' },
    instead: { retry: n => `Retry all ${n} instead`, cancel: n => `Cancel all ${n} instead`, 'run-now': n => `Run all ${n} instead`, delete: n => `Delete all ${n} instead` },
    button: { retry: 'Retry…', cancel: 'Cancel…', 'run-now': 'Run now…', delete: 'Delete…' },
    verb: { retry: n => `Retry ${jobs(n)}`, cancel: n => `Cancel ${jobs(n)}`, 'run-now': n => `Run ${jobs(n)}`, delete: n => `Delete ${jobs(n)}` },
    consequence: { retry: 'dead jobs go back to waiting, with all their attempts.', cancel: 'jobs are cancelled. Those that run are asked to stop.', 'run-now': 'jobs become ready at once.', delete: 'jobs are deleted without a trace.' },
    selectedTitle: { retry: n => `Retry ${n} selected job${s(n)}`, cancel: n => `Cancel ${n} selected job${s(n)}`, 'run-now': n => `Run ${n} selected job${s(n)} now`, delete: n => `Delete ${n} selected job${s(n)}` },
    selectedDone: { retry: n => `Waiting again: ${jobs(n)}.`, cancel: n => `Cancelled or asked to stop: ${jobs(n)}.`, 'run-now': n => `Ready: ${jobs(n)}.`, delete: n => `Deleted: ${jobs(n)}.` },
    someFailed: (done, failed, why) => `${done} done, ${failed} not: ${why}`,
    groupTitle: 'Retry a group of dead jobs', retryGroup: 'Retry group…', footnote: 'Runs in the background. Can be stopped.', background: 'Goes on when this is closed.', running: what => what, done: 'jobs done', counts: (examined, skipped, failed) => `${examined} looked at · ${skipped} had moved on · ${failed} could not be changed`, abort: 'Stop it',
    states: { running: 'Running', completed: 'Completed', aborted: 'Stopped', failed: 'Failed' },
    probablyAgain: n => html`<b>They will probably fail again.</b> ${n} jobs died of this in the last 5 minutes.`,
  },

  job: {
    copyId: 'Copy id', copyCurl: 'Copy as curl', curlCopied: 'The command is copied. It reads the key from PENSTOCK_KEY.', curlEmpty: 'The command is copied. The payload of this job is not kept: put one in before you run it.', curlMasked: 'The command is copied, with its secrets masked: put them in before you run it.', maskedEdit: 'Parts of the payload are masked here, and saving would store the mask. An admin can reveal them first; requeueing leaves the payload as it is.', edit: 'Edit and requeue…', remove: 'Delete…', cancel: 'Cancel…', runNow: 'Run now', retryNow: 'Retry now',
    again: 'Run again…', againTitle: 'Run it again', againVerb: 'Enqueue', againText: 'A new job of this type is enqueued with this payload, for the same tenant and group. This one stays as it is.', againFootnote: 'It gets an id of its own.', enqueuedAgain: 'The new job waits. This is it.', maskedAgain: 'Parts of the payload are masked here, and the new job would get the mask. An admin can reveal them first.',
    parent: 'Waited for by', children: n => `${n} child${n === '1' ? '' : 'ren'}`, firstChildren: n => `the first ${n} are shown`,
    retried: 'The job waits again.', madeReady: 'The job is ready.', cancelTitle: 'Cancel this job', cancelVerb: 'Cancel job', cancelRunning: 'It runs and is asked to stop. If it does not within the queue’s grace, it is cut off.', cancelWaiting: 'It has not started and will not.', askedToStop: 'The job is asked to stop.', cancelled: 'The job is cancelled.',
    deleteTitle: 'Delete this job', deleteVerb: 'Delete', deleteText: 'It goes without a trace, and cannot be brought back.', deleted: 'The job is deleted.',
    editTitle: 'Edit and requeue', editVerb: 'Save', editAndRequeue: 'Save and requeue', editFootnote: 'Refused if the job changes meanwhile.', payload: 'Payload', result: 'Result', notJson: why => `Not JSON: ${why}`, difference: 'What will be different', noDifference: 'Nothing is different yet', requeue: state => state === 'dead' ? 'Requeue it with all its attempts' : 'Make it ready at once', requeued: 'The job is edited and waits.', edited: 'The job is edited.',
    why: 'Why it waits', gatesShut: (n, all) => n === 1 ? `1 of ${all} gates is shut` : `${n} of ${all} gates are shut`,
    progress: 'Progress', doneOf: (done, total) => `${done} of ${total}`, attempts: 'Attempts', attemptsOf: (n, most) => `${n} of ${most} used`, attempt: n => `Attempt ${n}`, attemptDue: n => `Attempt ${n} due`, attemptWord: 'Attempt', backoff: text => `back-off ${text}`, now: 'now', dueIn: text => `Due ${text}.`, on: 'on', enqueued: 'Enqueued', waited: text => `waited ${text}`, runningFor: text => `Running for ${text}`,
    lifeLabel: (n, text) => `${n} attempt${s(n)} in ${text}`, copyError: 'Copy error', sameError: 'Others with this error', timedOut: 'timed out', shortened: 'shortened', libraryFrames: n => `  … ${n} frame${s(n)} of libraries`,
    log: 'Log', logLines: (attempt, n) => `attempt ${attempt}, ${n} line${s(n)}`, logLabel: 'Log lines', raw: 'Raw', copyMasked: name => `Copy ${name}, secrets masked`, secret: 'secret', encrypted: 'encrypted', fields: n => `{${n}}`, items: n => `[${n} item${s(n)}]`, moreItems: n => `… ${n} more`, moreCharacters: n => `… ${n} more characters`,
    onlyAdmin: 'Only an admin can reveal a secret; it is written to the audit log.', revealTitle: 'Reveal secrets', revealVerb: 'Reveal', revealText: 'The secret fields are shown on this page until it is left. That you looked, and at which job, is written to the audit log.',
    stalls: 'Lost its worker', lostWorker: n => `${n} time${s(n)}`, due: 'Due', expires: 'Expires', finished: 'Ended', retryingText: (n, most) => `Retrying, ${n} of ${most} attempts failed`, activeText: text => `Running for ${text}`, deadText: n => `Dead after ${n} attempt${s(n)}`,
    cancellation: { requested: 'asked to stop', acknowledged: 'stopped when asked', forced: 'cut off' },
  },
  gates: {
    delay: { name: 'Delay', text: (gate, use) => gate.open ? 'Not delayed' : html`${gate.why === 'backoff' ? 'Backs off after a failure' : 'Scheduled'}; due ${use.ago(gate.until)}, at ${use.clock(gate.until)}.` },
    worker: { name: 'Worker', text: gate => gate.open ? `${gate.count} live worker${s(gate.count)} serve it` : html`None serves <code>${gate.queue}</code>. <a href="/console/workers">Workers</a>` },
    handler: { name: 'Handler', text: gate => gate.open ? `${gate.count} worker${s(gate.count)} can run it` : html`No worker has a handler for <code>${gate.type}</code>` },
    queue: { name: 'Queue', text: gate => gate.open ? 'Running, not paused' : html`<code>${gate.queue}</code> is paused` },
    concurrency: { name: 'At once', text: gate => `${gate.used} of ${gate.most} run` },
    rate: { name: 'Rate', text: (gate, use) => gate.open ? 'Within the rate limit' : gate.until ? `Limited; next ${use.ago(gate.until)}` : 'The rate limit is used up' },
    group: { name: 'Group', text: (gate, use) => html`<code>${gate.group}</code>: ${gate.used ?? 0}${gate.most ? ` of ${gate.most}` : ''} at once${gate.behind?.length ? html`; behind ${gate.behind.slice(0, 3).map((id, i) => html`${i ? ', ' : ''}${use.link(id)}`)}` : ''}${gate.until ? `; until ${use.ago(gate.until)}` : ''}` },
    children: { name: 'Children', text: gate => gate.open ? 'All have ended' : `Waits for ${gate.count} child${gate.count === 1 ? '' : 'ren'}` },
    breaker: { name: 'Upstream', text: (gate, use) => html`Breaker <code>${gate.guard}</code> is ${gate.open ? 'closed' : 'open'}${gate.until ? `, until ${use.ago(gate.until)}` : ''}` },
    turn: { name: 'Turn', text: (gate, use) => gate.ahead ? `${gate.ahead.atLeast ? '≥ ' : ''}${use.count(gate.ahead.count)} ahead of it` : 'It is next' },
  },

  batches: {
    batch: 'Batch', progress: 'Progress', items: 'Items', failed: 'Failed', ends: 'Ends', created: 'Created', none: 'There is no batch yet', noneSo: 'No batch is in that state', how: 'POST /api/batches makes one; docs: batches.md',
    bar: (done, skipped, failed, running, waiting) => `${done} completed, ${skipped} skipped, ${failed} failed, ${running} running, ${waiting} waiting`,
    states: { pending: 'Pending', running: 'Running', completed: 'Completed', partial_success: 'Partly failed', failed: 'Failed', cancelled: 'Cancelled', paused: 'Paused' },
    partNames: { completed: 'completed', skipped: 'skipped', failed: 'failed', running: 'running', waiting: 'waiting', retrying: 'retrying' }, itemStates: { failed: 'Failed', skipped: 'Skipped', completed: 'Completed', processing: 'Running', pending: 'Waiting' },
    cells: { completed: 'completed', active: 'active', dead: 'with failures', cancelled: 'dropped', waiting: 'waiting' }, chunks: n => `${n} chunk${n === '1' ? '' : 's'}`, latestChunks: n => `the latest ${n} are shown`, chunk: (n, state, done, failed, worker) => `Chunk ${n}, ${state}: ${done} done, ${failed} failed${worker ? `, ${worker}` : ''}`,
    runningFor: text => `Running for ${text}`, itemsOf: (done, total, open) => `${done} of ${total} items${open ? ' so far' : ''}`, each: rate => `${rate} items each second`, endsIn: (text, at) => html`Ends in about ${text}, at ${at}`, finished: when => html`Ended ${when}`,
    itemsChart: 'Items, as seen here', paceFinding: rate => `Items per minute since this page was opened: ${rate}`, kinds: (n, kinds) => `${n} items failed: ${kinds} kind${s(kinds)} of error`,
    item: 'No.', value: 'Item', target: 'Target', took: 'Took', ended: 'Ended', noItems: state => `No item is in the state ${state.toLowerCase()}`, nextItems: 'Next 50',
    by: 'By', starts: 'Starts', concurrency: 'At once', atOnce: n => `${n} chunk${s(n)}`, conflict: 'Conflicts', parent: 'Part of', children: 'Parts', childrenOf: c => `${c.total}, ${c.open} open, ${c.failed} failed`,
    chunkSize: 'Chunk size', adapts: 'adapts', fixed: 'fixed', now: n => `now ${n}`, whyWord: 'Why', times: n => `× ${n}`, noChanges: 'It has not changed.',
    retryTitle: 'Retry failed items', retryButton: n => `Retry ${n} failed…`, retryText: 'failed items run again, and nothing else does.', retryVerb: n => `Retry ${n} items`, retried: n => `${n} items run again.`,
    cancelTitle: 'Cancel the rest', cancelButton: 'Cancel rest…', cancelText: n => `items are not run any more. The ${n} that have ended stay as they are.`, cancelVerb: n => `Cancel ${n} items`, cancelled: 'The batch is cancelled.', pause: 'Pause', resume: 'Resume', paused: 'The batch is paused. Chunks under way end.', resumed: 'The batch runs.',
  },

  schedules: {
    schedule: 'Schedule', on: 'On', nextWord: 'Next', strip: 'Last runs, newest right', last: 'Last', runs: 'Runs', failed: 'Failed', expression: 'Expression', zone: 'Time zone', filter: 'Name, type or queue', none: 'There is no schedule', noneText: 'The code declares them; POST /api/tasks makes others.', noneNamed: name => `No schedule fits ${name}`, never: 'never', off: 'off',
    summary: (n, failing, off) => [`${n} schedule${s(n)}`, failing ? `${failing} failing` : '', off ? `${off} off` : ''].filter(Boolean).join(' · '), startedLate: 'started late', height: 'height = duration', overridden: 'overridden', suspended: 'suspended', isOn: name => `${name} is on`, isOff: name => `${name} is off`,
    stripLabel: (n, done, failed, skipped, late) => `Last ${n} runs: ${done} completed, ${failed} failed, ${skipped} skipped, ${late} late`, runTitle: (at, state, took) => `${at}: ${state}${took ? `, ${took}` : ''}`, runStates: { running: 'Running', completed: 'Completed', failed: 'Failed', timeout: 'Timed out', skipped: 'Skipped' },
    cityTime: city => `${city} time.`, next: n => `Next ${n} runs`, day: 'Day', you: city => `You, ${city}`, misfire: 'After an outage', misfires: { fire_once: 'Fire once', fire_all: 'Fire all', skip: 'Skip' }, overlap: 'While one still runs', overlaps: { allow: 'Allow', skip: 'Skip', queue: 'Queue' },
    differs: 'What will be different', overrides: 'Differs from its declaration', overridesHint: '− as the code declares it, + as it is in force.', byDefault: 'the default', fields: { name: 'Name', description: 'Description', cronExpression: 'Expression', timeZone: 'Time zone', jobType: 'Job type', payload: 'Payload', queue: 'Queue', maxRetries: 'Retries', timeout: 'Time-out', misfirePolicy: 'After an outage', overlapPolicy: 'While one still runs' }, lastRuns: 'Last runs', dueAt: zone => `Due, ${zone}`, took: 'Took', late: 'Late', runNow: 'Run now…', back: 'Back to declared', saved: name => html`<b>${name}</b> is saved.`,
    resetTitle: name => `Back to the declaration of ${name}`, resetVerb: 'Reset', resetText: 'What was changed here is dropped; the schedule is again as the code declares it.', resetDone: name => html`<b>${name}</b> is as declared.`,
    runTitleNow: name => `Run ${name} now`, runVerb: 'Run now', runText: type => html`One ${type} is enqueued at once, whatever the expression says. The next runs stay as they are.`, started: name => html`<b>${name}</b> was started.`, onNow: name => html`<b>${name}</b> is on.`, offNow: name => html`<b>${name}</b> is off.`,
  },

  workers: {
    processes: 'Processes', slotsInUse: 'Slots in use', version: 'Version', versions: n => `${n} versions at once`, oneVersion: 'all of them', leastLease: 'Shortest lease', onWorker: worker => `on ${worker}`, nothingRuns: 'nothing runs', unserved: 'Queues without worker', allServed: 'every queue is served', clock: 'Clock, worst', clockOff: (ahead, worker) => `${ahead ? 'ahead of' : 'behind'} Redis, on ${worker}`, clockGood: 'as Redis',
    allAlive: 'all alive', lostCount: n => `${n} lost`, problem: 'A worker is lost', lostVerdict: (worker, queues) => html`${worker} is lost and nothing serves ${queues}`, lostHelp: command => html`Its jobs are taken over when their leases end. Start a worker with ${command}, or let a running one serve it too.`,
    cellHint: 'a cell is a slot, its fill the age of the job against its time-out', slots: 'Slots', inUse: 'In use', memory: 'Memory', heartbeat: 'Heartbeat', pid: pid => `pid ${pid}`, up: text => `up ${text}`, takenOver: 'its jobs are taken over when their leases end', slotsLabel: (used, total) => `${used} of ${total} slots in use`,
    states: { running: 'Running', quiet: 'Quiet', stopping: 'Stopping', lost: 'Lost' }, ordered: what => `${what} ordered`, orders: { quiet: 'Quiet', stop: 'Stop', resume: 'Resume' },
    none: 'No worker has joined', noneText: html`Jobs wait until one does. <code class="nowrap">deploy/local/up --workers 1</code> starts one here.`, quietNamed: worker => `Quiet ${worker}`, resumeNamed: worker => `Resume ${worker}`, done: { quiet: worker => html`<code>${worker}</code> takes no more jobs.`, resume: worker => html`<code>${worker}</code> takes jobs again.` },
    stopTitle: worker => `Stop ${worker}`, stopVerb: 'Stop worker', stopText: n => n ? `It takes no more jobs, finishes what it can of ${n}, hands the rest back, and exits.` : 'It takes no more jobs and exits.',
    running: 'Running now', longestFirst: n => `${n} jobs, longest first`, all: 'All', runsFor: 'Runs for', timeout: 'Time-out', leaseLeft: 'Lease left', ofTimeout: share => `${share} of its time-out`, idle: 'No job runs', serves: 'Who serves what', slotsWord: 'slots', noneWord: 'none', unavailable: 'Workers are not listed here',
  },

  flow: {
    limits: 'Limits of queues', limitsHint: 'over all workers; those of a queue are changed on its page', noLimits: 'No queue has a limit over all workers', atOnce: 'At once', starts: 'Starts', groupAtOnce: 'Of a group at once', groupStarts: 'Starts of a group', running: (n, most) => `${n} of ${most} run`, pausedFirst: (group, when) => `${group}, until ${when}`,
    guards: 'Guards', hint: 'all processes together, the worst state of them', guard: 'Guard', breaker: 'Breaker', bucket: 'Permits left', calls: 'Calls', failures: 'Failed', refused: 'Put off', limit: 'Limit', timeout: 'Time-out', process: 'Process', seen: 'Seen', byProcess: 'By process', sinceStart: 'since each has started',
    states: { closed: 'Closed', half_open: 'Half open', open: 'Open', forced_open: 'Forced open', forced_closed: 'Forced closed' }, unknown: 'Redis does not say', left: (n, most) => `${n} of ${most} permits left`, nextIn: text => `next in ${text}`, rate: (n, per) => `${n} per ${per}`, processes: n => n ? `in ${n} process${n === 1 ? '' : 'es'}` : 'used by no process lately', until: text => `until ${text}`, opensAt: (share, calls) => `opens at ${share} of ${calls} calls`,
    forcedBy: (who, when, why) => html`by ${who} ${when}${why ? html`: ${why}` : ''}`, none: 'There is no guard', noneText: 'Guards appear when one is configured or used.', reason: 'Reason', reasonHint: 'For those who find it so later.',
    button: { open: 'Open…', close: 'Close…', reset: 'Reset…' }, title: { open: guard => `Force ${guard} open`, close: guard => `Force ${guard} closed`, reset: guard => `Reset ${guard}` }, verb: { open: 'Force open', close: 'Force closed', reset: 'Reset' },
    consequence: { open: 'No call reaches the upstream. Its jobs are put off, without using an attempt, until somebody closes or resets the guard.', close: 'Calls go through whatever the breaker has seen, until somebody resets the guard. Limits still hold.', reset: 'The breaker decides again by itself, starting closed.' },
    done: { open: guard => html`<code>${guard}</code> is forced open.`, close: guard => html`<code>${guard}</code> is forced closed.`, reset: guard => html`<code>${guard}</code> decides by itself again.` },
  },

  cache: {
    cache: 'Cache', caches: 'Caches', tier: 'Tier', tiers: { memory: 'Memory', redis: 'Redis', hybrid: 'Memory and Redis' }, hitRate: 'Hit rate', memoryHits: 'Memory hits', redisHits: 'Redis hits', loads: 'Loads', meanLoad: 'Mean load', lifetime: 'Lifetime', key: 'Key', keys: 'Keys', misses: 'Misses', memory: 'Redis memory', evicted: 'Evicted', redis: 'Redis', away: 'does not answer', sinceStart: 'since the servers started', last24h: 'last 24 h, all processes', reads: n => `of ${n} reads`, noReads: 'not read', loadFailures: n => `${n} failed`, ofBound: (share, bound) => `${share} of ${bound}`, noBound: 'no bound is set', redisRate: share => `${share} of reads found`, entries: (n, most) => `${n} of ${most} in memory`,
    recommendations: n => n ? `${n} recommendation${s(n)}` : 'No recommendations', incomplete: 'PostgreSQL does not answer: the figures are those of this process alone.', missed: 'Missed most, last day', nothingMissed: 'Nothing was missed', distribution: 'Keys by namespace', sampled: n => `${n} keys sampled`, noKeys: 'No key is stored', none: 'There is no cache', noneText: 'Caches appear when a workload declares one.',
    invalidateButton: 'Invalidate…', invalidateTitle: 'Invalidate entries', invalidateVerb: 'Invalidate', invalidateText: 'The entries leave every tier of every process. What is asked for next is loaded again.', by: 'By', byNames: { pattern: 'Pattern', tag: 'Tag' }, byHints: { pattern: '* for any text, ? for one character: product:price:*', tag: 'entries that carry it, in all caches' }, invalidated: 'The entries are gone.', removed: n => `${n} entries are gone.`, goesOn: 'There is so much that a job goes on with it:', warm: 'Warm up', warmNamed: cache => `Warm up ${cache}`, warming: cache => html`A job warms up <b>${cache}</b>:`,
  },

  health: {
    parts: 'Checks', part: 'Part', detail: 'Detail', took: 'Took', last: n => `Last ${n}`, checked: 'checked', run: 'Check now', started: 'A check is under way.', states: { up: 'Up', degraded: 'Degraded', down: 'Down' }, historyLabel: part => `The last results of ${part}`, none: 'Nothing was checked yet', noneText: 'The schedule health-check does it every five minutes.',
    letters: 'Undeliverable', lettersHint: 'rows of the outbox that cannot become jobs', reason: 'Reason', refused: 'Refused', noLetters: 'Everything was delivered', retried: 'It is looked at again.', retryNamed: id => `Retry ${id} of the outbox`, deleteNamed: id => `Delete ${id} from the outbox`, deleteTitle: 'Delete a row of the outbox', deleteText: 'The job it stands for will never run.', deleted: 'The row is gone.', outbox: { lagMs: 'Outbox, oldest unsent', unsent: 'Outbox, unsent', deadLetters: 'Outbox, undeliverable' },
  },
  alerts: { alert: 'Alert', raised: 'Raised', changed: 'Changed', times: 'Times', recovered: 'Recovered', severities: { critical: 'Critical', warning: 'Warning' }, none: 'No alert was ever raised', noneText: 'Checks run all the time; what they find appears here.' },
  reports: { report: 'Report', period: 'Period', made: 'Made', madeAt: when => html`made ${when}`, recommendations: 'Recommendations', make: 'Make one now', beingMade: 'A job makes the report:', hint: 'made each week, kept for two years', none: 'There is no report yet', noneText: 'One is made each week, or now.', print: 'Print', nothingToDo: 'The figures suggest nothing to do.', failed: 'Failed', errorRate: 'Error rate' },
  audit: { entries: 'Entries', who: 'Who', what: 'What', target: 'Of what', outcome: 'Outcome', from: 'From', when: zone => `When, ${zone}`, outcomes: { done: 'Done', denied: 'Denied', refused: 'Refused', failed: 'Failed' }, kinds: { user: 'user', key: 'key', link: 'link', environment: 'environment' }, showChange: 'Show what changed', placeholder: 'actor: action: target: address: or text', none: 'Nothing fits', unavailable: 'The audit log is not kept here' },
  access: {
    users: 'Users', user: 'User', keys: 'Keys', key: 'Key', keysHint: 'for programs', role: 'Role', roles: { viewer: 'Viewer', operator: 'Operator', admin: 'Admin', cron: 'Cron' }, scope: 'Reaches', everything: 'everything', ofTenant: tenant => `tenant ${tenant}`, lastLogIn: 'Last log-in', lastUsed: 'Last used', created: 'Made', madeWhen: when => html`made ${when}`, expires: 'Ends', never: 'never', neverExpires: 'never', works: 'Works', byLink: 'By link only', isDisabled: 'Disabled', isRevoked: 'Revoked', isExpired: 'Ended',
    newKey: 'New key…', makeKey: 'Make key', name: 'Name', keyNameHint: 'Who or what will use it', days: 'Days', daysHint: 'empty: it does not end', queues: 'Queues', queuesHint: 'such as orders, offers-*; empty: all', tenantHint: 'empty: all', keyMade: name => `The key of ${name}`, keyUse: 'Programs send it as Authorization: Bearer …', once: 'It is shown this once and never again.', noted: 'I have it', noKeys: 'No key was made yet', keysUnavailable: 'Keys are not yours to see',
    revoke: 'Revoke…', revokeTitle: name => `Revoke the key of ${name}`, revokeVerb: 'Revoke', revokeText: 'Whoever uses it is refused within some seconds. It cannot be undone.', revoked: name => `The key of ${name} is revoked.`,
    newUser: 'New user…', makeUser: 'Make user', userName: 'Name', userNameHint: 'a – z, 0 – 9 and . _ @ -', displayName: 'Full name', passwordHint: 'at least 12 characters; empty: as it is, or by link only', newPassword: 'New password', disabled: 'Disabled', endsSessions: 'A change of role or password, or disabling, ends the user’s sessions.', editUser: name => `Edit ${name}`, edit: 'Edit…', userMade: name => `${name} can log in.`, userSaved: name => `${name} is saved.`, link: 'Link', linkFor: name => `A link for ${name}`, linkHint: 'It logs in once, within an hour.', logOut: 'Log out', logOutNamed: name => `Log ${name} out everywhere`, loggedOut: name => `${name} is logged out everywhere.`, deleteUser: name => `Delete ${name}`, deleteUserText: 'The account and its sessions go. What was done stays in the audit log.', userDeleted: name => `${name} is gone.`, noUsers: 'There is no user yet', noUsersText: 'People log in with an account; programs use keys.', usersUnavailable: 'Accounts are not offered here',
  },

  first: {
    heading: 'Nothing here yet. Three commands to the first job.', nothing: 'No queue has seen a job.', state: workers => workers ? `No queue has seen a job. ${workers} worker${s(workers)} wait${workers === 1 ? 's' : ''} for one.` : 'No queue has seen a job, and no worker has joined.', start: 'Start the API and a worker', apiRuns: 'The API runs: you are looking at it.', key: 'Make a key', keyOnce: 'It is shown once. It may enqueue jobs and ends after a day.', enqueue: 'Enqueue a job', copyCommand: 'Copy command', without: 'Or without a terminal', sample: type => html`Enqueues one ${type} and follows it.`, button: 'Enqueue a sample job', listening: 'Listening', turns: 'This page turns into the overview when the first job arrives.',
  },
};
