/** What people do about the keys of a device, on record. */
@NullMarked
package dev.candor.governance.keys;

import org.jspecify.annotations.NullMarked;
