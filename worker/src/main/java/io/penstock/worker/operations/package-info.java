/** Works through what operators asked to be done to many jobs. */
@NullMarked
package io.penstock.worker.operations;

import org.jspecify.annotations.NullMarked;
