/** Whether this model may be used for this request: rules that a person writes and that end. */
@NullMarked
package dev.candor.governance.policy;

import org.jspecify.annotations.NullMarked;
