/**
 * What happens to jobs, told to whoever listens. Events are fired after the transition is stored.
 *
 * <table>
 *   <caption>Events</caption>
 *   <tr><th>event</th><th>fired when</th></tr>
 *   <tr><td>{@link io.penstock.common.event.JobEvent.Completed}</td><td>a job ended well</td></tr>
 *   <tr><td>{@link io.penstock.common.event.JobEvent.AttemptFailed}</td><td>an attempt failed and the next is scheduled</td></tr>
 *   <tr><td>{@link io.penstock.common.event.JobEvent.Snoozed}</td><td>a job was put off, no attempt used</td></tr>
 *   <tr><td>{@link io.penstock.common.event.JobEvent.Died}</td><td>a job was given up</td></tr>
 *   <tr><td>{@link io.penstock.common.event.JobEvent.Expired}</td><td>a job was not started in time and was dropped</td></tr>
 *   <tr><td>{@link io.penstock.common.event.JobEvent.Cancelled}</td><td>a running job was called off</td></tr>
 *   <tr><td>{@link io.penstock.common.event.JobEvent.LeaseLost}</td><td>this worker's result was refused: the job is another's</td></tr>
 *   <tr><td>{@link io.penstock.common.event.JobEvent.Rescued}</td><td>jobs of a lost worker were taken over</td></tr>
 *   <tr><td>{@link io.penstock.common.event.JobEvent.ProgressDropped}</td><td>progress or log lines were not kept; not on the claim loop</td></tr>
 * </table>
 */
@NullMarked
package io.penstock.common.event;

import org.jspecify.annotations.NullMarked;
