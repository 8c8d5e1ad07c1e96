/** Small job types to learn from and to try a deployment with, one for each kind of handler. */
@NullMarked
package io.penstock.common.examples;

import org.jspecify.annotations.NullMarked;
