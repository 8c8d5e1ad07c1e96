/** The bench tool. */
package io.penstock.bench;
