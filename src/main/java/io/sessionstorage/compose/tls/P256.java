package io.sessionstorage.compose.tls;

import java.math.BigInteger;
import java.security.interfaces.ECKey;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.ECPoint;
import java.util.Optional;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.math.ec.FixedPointCombMultiplier;

/** The curve of all keys. */
final class P256 {
  static final String NAME = "secp256r1";

  private static final X9ECParameters CURVE = CustomNamedCurves.getByName(NAME);

  private P256() {}

  static boolean isCurveOf(ECKey key) {
    return key.getParams().getOrder().equals(CURVE.getN());
  }

  /** The public key of a private one; none if the key is of another curve or out of its range. */
  static Optional<ECPoint> publicPoint(ECPrivateKey key) {
    BigInteger scalar = key.getS();
    if (!isCurveOf(key) || scalar.signum() <= 0 || scalar.compareTo(CURVE.getN()) >= 0) {
      return Optional.empty();
    }
    var point = new FixedPointCombMultiplier().multiply(CURVE.getG(), scalar).normalize();
    return Optional.of(
        new ECPoint(
            point.getAffineXCoord().toBigInteger(), point.getAffineYCoord().toBigInteger()));
  }
}
