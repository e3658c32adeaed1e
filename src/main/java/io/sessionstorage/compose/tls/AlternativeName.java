package io.sessionstorage.compose.tls;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;

/**
 * A name that a leaf is valid for.
 *
 * @param type its tag in the certificate (RFC 5280, 4.2.1.6)
 * @param value its text, or for what has none its bytes, which equal no wanted name's
 */
record AlternativeName(int type, Object value) {
  /** The names of the store, and those that a container uses to reach itself. */
  static Set<AlternativeName> wanted(List<String> dnsNames) {
    Set<AlternativeName> names = new LinkedHashSet<>();
    dnsNames.forEach(name -> names.add(new AlternativeName(GeneralName.dNSName, name)));
    names.add(new AlternativeName(GeneralName.dNSName, "localhost"));
    names.add(new AlternativeName(GeneralName.iPAddress, "127.0.0.1"));
    return names;
  }

  /** The names in a certificate; empty if it has none or they cannot be read. */
  static Set<AlternativeName> in(X509Certificate certificate) {
    Set<AlternativeName> names = new LinkedHashSet<>();
    try {
      Collection<List<?>> entries = certificate.getSubjectAlternativeNames();
      if (entries != null) {
        entries.forEach(
            entry -> names.add(new AlternativeName((Integer) entry.get(0), entry.get(1))));
      }
    } catch (CertificateParsingException e) {
      return Set.of();
    }
    return names;
  }

  static GeneralNames encoded(Set<AlternativeName> names) {
    return new GeneralNames(
        names.stream()
            .map(name -> new GeneralName(name.type, name.value.toString()))
            .toArray(GeneralName[]::new));
  }
}
