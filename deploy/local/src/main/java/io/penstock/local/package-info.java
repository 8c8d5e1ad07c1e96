/** The local tool. */
package io.penstock.local;
