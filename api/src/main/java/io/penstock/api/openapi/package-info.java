/** The API's description of itself. */
@NullMarked
package io.penstock.api.openapi;

import org.jspecify.annotations.NullMarked;
