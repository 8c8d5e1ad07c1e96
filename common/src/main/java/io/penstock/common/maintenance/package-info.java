/** What keeps Penstock itself in order: its job types, when they run, and what they leave behind. */
@NullMarked
package io.penstock.common.maintenance;

import org.jspecify.annotations.NullMarked;
