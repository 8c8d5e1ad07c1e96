/** Ends holds whose time has passed, reminds people of their concerts, sends the shop's mails and keeps its house clean. */
@NullMarked
package io.penstock.worker.orders;

import org.jspecify.annotations.NullMarked;
