/** Flow control towards upstreams: every call goes through a {@link io.penstock.common.flow.Guard}. */
@NullMarked
package io.penstock.common.flow;

import org.jspecify.annotations.NullMarked;
