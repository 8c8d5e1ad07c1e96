/** The way to the mail server, for whoever has mails to send one by one. */
@NullMarked
package io.penstock.common.mail;

import org.jspecify.annotations.NullMarked;
