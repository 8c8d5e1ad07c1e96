/** The scheduler deployable. */
package io.penstock.scheduler;
