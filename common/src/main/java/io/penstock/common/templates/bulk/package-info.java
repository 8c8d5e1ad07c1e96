/**
 * Bulk creation and change of course templates: what is asked for, what stands against it and how that is resolved, what it would touch, and
 * the way back. Decisions are pure; {@code worker.templates} carries them out in batches.
 */
@NullMarked
package io.penstock.common.templates.bulk;

import org.jspecify.annotations.NullMarked;
