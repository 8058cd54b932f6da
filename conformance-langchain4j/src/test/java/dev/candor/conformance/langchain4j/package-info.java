/** LangChain4j asks the server. */
@NullMarked
package dev.candor.conformance.langchain4j;

import org.jspecify.annotations.NullMarked;
