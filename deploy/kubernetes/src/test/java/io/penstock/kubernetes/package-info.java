/** Tests that keep the manifests, images and units of {@code deploy/} honest. */
@NullMarked
package io.penstock.kubernetes;

import org.jspecify.annotations.NullMarked;
