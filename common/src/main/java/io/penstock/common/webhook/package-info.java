/**
 * Messages that are posted to the programs of others: signed, told by their status alone, and never to places that a stranger has no business
 * with.
 */
@NullMarked
package io.penstock.common.webhook;

import org.jspecify.annotations.NullMarked;
