/**
 * Signatures of models: OpenSSF Model Signing v1.0, made with a key or a certificate and verified
 * offline.
 *
 * <pre>{@code
 * SignatureBundle bundle = ModelSignatures.sign(folder, key, SigningScope.ofAllFiles());
 * VerifiedModel model = ModelSignatures.verify(folder, bundle, Trust.key(publicKey), …);
 * }</pre>
 */
@NullMarked
package dev.candor.governance.provenance.signatures;

import org.jspecify.annotations.NullMarked;
