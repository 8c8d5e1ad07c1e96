/**
 * Who changed what. A filter writes an entry for every call that may change something, when its answer is known; resources add what was
 * before where the answer does not tell.
 */
@NullMarked
package io.penstock.api.audit;

import org.jspecify.annotations.NullMarked;
