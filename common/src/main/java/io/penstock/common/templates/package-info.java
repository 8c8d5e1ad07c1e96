/**
 * Course templates one by one: written in one transaction each, read with what they inherit, found, and kept in caches. Sets of them are
 * changed by {@code common.templates.bulk}. Merging, resolving and checking are pure.
 */
@NullMarked
package io.penstock.common.templates;

import org.jspecify.annotations.NullMarked;
