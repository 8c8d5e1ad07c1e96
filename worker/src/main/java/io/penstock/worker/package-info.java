/** The worker deployable. */
package io.penstock.worker;
