/** The api deployable. */
package io.penstock.api;
