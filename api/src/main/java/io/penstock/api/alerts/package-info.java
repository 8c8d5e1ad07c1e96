/** What is wrong, and what was. */
@NullMarked
package io.penstock.api.alerts;

import org.jspecify.annotations.NullMarked;
