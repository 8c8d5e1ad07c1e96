/** Lists and counts of jobs by anything, and the groups of their errors, each answer within a bound. */
@NullMarked
package io.penstock.api.search;

import org.jspecify.annotations.NullMarked;
