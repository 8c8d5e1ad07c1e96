/** What all calls that need PostgreSQL have in common. */
@NullMarked
package io.penstock.api.database;

import org.jspecify.annotations.NullMarked;
