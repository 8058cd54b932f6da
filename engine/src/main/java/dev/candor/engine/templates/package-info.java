/**
 * Chat templates: the subset of Jinja that models' templates are written in, interpreted within
 * limits of steps, depth and size. Nothing is reached by reflection; what a template may call is a
 * list.
 */
@NullMarked
package dev.candor.engine.templates;

import org.jspecify.annotations.NullMarked;
