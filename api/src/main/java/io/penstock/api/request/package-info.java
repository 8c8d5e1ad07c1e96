/** What every request must be before a resource acts on it: strict JSON, known parameters, bounded size. */
@NullMarked
package io.penstock.api.request;

import org.jspecify.annotations.NullMarked;
