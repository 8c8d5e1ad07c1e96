/** Every error the API answers with, as RFC 9457 problem documents with stable codes. */
@NullMarked
package io.penstock.api.problem;

import org.jspecify.annotations.NullMarked;
