/**
 * Tells people what is wrong, once when it begins and once when it is over, however many processes notice it.
 *
 * <pre>
 * finding ──► Alerts: one row per subject; a change of state adds a notice per channel (one statement)
 *                                    │
 *             AlertDelivery ◄────────┘  claims notices, sends each channel one message, tries again later
 *                 └──► AlertSink: MailSink, WebhookSink
 * </pre>
 */
@NullMarked
package io.penstock.common.alert;

import org.jspecify.annotations.NullMarked;
