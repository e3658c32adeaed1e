package io.sessionstorage.compose.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The certificates through all their life. */
class LifeTest {
  private static final Instant START = Instant.parse("2026-03-01T10:20:30.9Z");
  private static final Duration WALK = Duration.ofDays(12 * 365);
  private static final Duration TWO_THIRDS = Certificates.CA_LIFE.multipliedBy(2).dividedBy(3);
  private static final List<String> NAMES = List.of("sessions.team-a.svc.cluster.local");

  /** What a node was given, and may still use. */
  private record Handed(X509Certificate leaf, String trust) {}

  @Test
  void everybodyTrustsEverybodyEveryDay() throws GeneralSecurityException {
    Walk walk = new Walk();
    for (int day = 0; day < WALK.toDays(); day++) {
      walk.step(START.plus(Duration.ofDays(day)));
    }
    assertThat(Collections.frequency(walk.changes, Change.CREATED)).isEqualTo(1);
    assertThat(Collections.frequency(walk.changes, Change.CA_ADDED)).isEqualTo(1);
    assertThat(Collections.frequency(walk.changes, Change.CA_SWITCHED)).isEqualTo(1);
    assertThat(Collections.frequency(walk.changes, Change.CA_DROPPED)).isEqualTo(1);
    assertThat(Collections.frequency(walk.changes, Change.CA_REPLACED)).isZero();
    assertThat(Collections.frequency(walk.changes, Change.LEAF_RENEWED)).isBetween(70, 75);
  }

  @Test
  void everybodyTrustsEverybodyEveryQuarterOfAnHourWhileTheAuthorityChanges()
      throws GeneralSecurityException {
    Walk walk = new Walk();
    walk.step(START);
    Instant begin = START.plus(TWO_THIRDS).minus(Duration.ofHours(6));
    for (int quarter = 0; quarter < 4 * 24 * 4; quarter++) {
      walk.step(begin.plus(Duration.ofMinutes(15L * quarter)));
    }
    assertThat(walk.changes)
        .containsExactly(
            Change.CREATED,
            Change.LEAF_RENEWED,
            Change.CA_ADDED,
            Change.LEAF_RENEWED,
            Change.CA_SWITCHED);
  }

  /** Asks at one instant after the other, and checks what nodes that lag behind see. */
  private static final class Walk {
    private final List<Change> changes = new ArrayList<>();
    private final Map<Handed, Instant> recent = new LinkedHashMap<>();
    private Map<String, String> secret = Map.of();

    void step(Instant now) throws GeneralSecurityException {
      Certificates certificates = of(secret, now);
      assertThat(certificates.changes().isEmpty()).isEqualTo(certificates.secret().equals(secret));
      assertThat(certificates.renewAt()).isAfter(now);
      assertThat(certificates.notAfter()).isBeforeOrEqualTo(certificates.caNotAfter());
      changes.addAll(certificates.changes());
      secret = certificates.secret();
      X509Certificate leaf = Pki.leaf(secret);
      recent.values().removeIf(last -> last.isBefore(now.minus(Certificates.OVERLAP)));
      recent.put(new Handed(leaf, certificates.trust()), now);
      for (Handed handed : recent.keySet()) {
        Pki.validate(leaf, handed.trust(), now);
        Pki.validate(handed.leaf(), certificates.trust(), now);
      }
      for (X509Certificate ca : Pki.certificates(certificates.trust())) {
        assertThat(ca.getNotAfter().toInstant()).isAfter(now);
      }
    }
  }

  @Test
  void nothingChangesBeforeItSaysSoAndSomethingDoesThen() {
    Certificates certificates = of(Map.of(), START);
    Instant now = START;
    int steps = 0;
    while (now.isBefore(START.plus(WALK.multipliedBy(4)))) {
      Instant next = certificates.renewAt();
      assertThat(next).isAfter(now);
      assertThat(of(certificates.secret(), next.minusNanos(1)).secret())
          .isEqualTo(certificates.secret());
      Certificates renewed = of(certificates.secret(), next);
      assertThat(renewed.secret()).isNotEqualTo(certificates.secret());
      assertThat(renewed.changes()).isNotEmpty();
      assertThat(of(renewed.secret(), next).secret()).isEqualTo(renewed.secret());
      certificates = renewed;
      now = next;
      steps++;
    }
    // Past 2050 a date is written in another way.
    assertThat(Pki.authority(certificates.secret()).getNotAfter().toInstant())
        .isAfter("2070-01-01T00:00:00Z");
    assertThat(steps).isLessThan(400);
  }

  @Test
  void renewsTheLeafAtTwoThirdsOfItsLife() {
    Certificates first = of(Map.of(), START);
    Certificates before = of(first.secret(), START.plus(Duration.ofDays(59)));
    Certificates after = of(first.secret(), START.plus(Duration.ofDays(60)));

    assertThat(before.secret()).isEqualTo(first.secret());
    assertThat(before.changes()).isEmpty();
    assertThat(after.changes()).containsExactly(Change.LEAF_RENEWED);
    assertThat(after.secret())
        .containsEntry("ca.crt", first.trust())
        .containsEntry("ca.key", first.secret().getOrDefault("ca.key", ""));
    assertThat(after.secret().get("tls.key")).isNotEqualTo(first.secret().get("tls.key"));
    assertThat(after.notAfter())
        .isEqualTo(Instant.parse("2026-03-01T10:20:31Z").plus(Duration.ofDays(150)));
  }

  @Test
  void addsTheNextAuthorityThenSwitchesThenDropsTheOldOne() throws GeneralSecurityException {
    Certificates first = of(Map.of(), START);
    Instant twoThirds = START.plus(TWO_THIRDS);
    // The leaf is made shortly before, so that it has nothing to do with what follows.
    Certificates old = of(first.secret(), twoThirds.minus(Duration.ofHours(1)));
    assertThat(old.changes()).containsExactly(Change.LEAF_RENEWED);

    Certificates added = of(old.secret(), twoThirds);
    assertThat(added.changes()).containsExactly(Change.CA_ADDED);
    assertThat(Pki.certificates(added.trust())).hasSize(2).contains(Pki.authority(old.secret()));
    assertThat(Pki.leaf(added.secret())).isEqualTo(Pki.leaf(old.secret()));
    assertThat(added.secret())
        .containsEntry("ca.key", old.secret().getOrDefault("ca.key", ""))
        .containsKey("next-ca.key");
    X509Certificate next = Pki.certificates(added.trust()).getLast();
    assertThat(next.getSubjectX500Principal())
        .isEqualTo(Pki.authority(old.secret()).getSubjectX500Principal());

    Instant overlapped = twoThirds.plus(Certificates.OVERLAP);
    assertThat(of(added.secret(), overlapped.minusSeconds(1)).secret()).isEqualTo(added.secret());
    assertThat(added.renewAt()).isBetween(overlapped, overlapped.plusSeconds(1));
    Certificates switched = of(added.secret(), added.renewAt());
    assertThat(switched.changes()).containsExactly(Change.LEAF_RENEWED, Change.CA_SWITCHED);
    assertThat(Pki.certificates(switched.trust()))
        .containsExactly(next, Pki.authority(old.secret()));
    assertThat(switched.secret())
        .containsEntry("ca.key", added.secret().getOrDefault("next-ca.key", ""))
        .doesNotContainKey("next-ca.key");
    Pki.leaf(switched.secret()).verify(next.getPublicKey());
    assertThat(switched.caNotAfter()).isEqualTo(next.getNotAfter().toInstant());

    Certificates later = switched;
    while (later.renewAt().isBefore(old.caNotAfter())) {
      later = of(later.secret(), later.renewAt());
      assertThat(later.changes()).containsExactly(Change.LEAF_RENEWED);
      assertThat(later.trust()).isEqualTo(switched.trust());
    }
    assertThat(later.renewAt()).isEqualTo(old.caNotAfter());
    Certificates alone = of(later.secret(), old.caNotAfter());
    assertThat(alone.changes()).containsExactly(Change.CA_DROPPED);
    assertThat(Pki.certificates(alone.trust())).containsExactly(next);
  }

  @Test
  void doesNotWaitForTheOverlapIfTheAuthorityExpiresBefore() throws GeneralSecurityException {
    Certificates first = of(Map.of(), START);
    Instant late = first.caNotAfter().minus(Duration.ofHours(6));

    Certificates added = of(first.secret(), late);
    assertThat(added.changes()).containsExactly(Change.LEAF_RENEWED, Change.CA_ADDED);
    assertThat(added.notAfter()).isEqualTo(first.caNotAfter());
    assertThat(added.renewAt()).isEqualTo(first.caNotAfter());

    Certificates switched = of(added.secret(), first.caNotAfter());
    assertThat(switched.changes())
        .containsExactly(Change.LEAF_RENEWED, Change.CA_SWITCHED, Change.CA_DROPPED);
    Pki.validate(Pki.leaf(switched.secret()), added.trust(), first.caNotAfter());
  }

  @Test
  void aReadOfALifetimeAgoStartsAnew() throws GeneralSecurityException {
    Certificates first = of(Map.of(), START);
    Instant late = START.plus(Certificates.CA_LIFE.multipliedBy(2));

    Certificates renewed = of(first.secret(), late);

    assertThat(renewed.changes())
        .containsExactly(Change.LEAF_RENEWED, Change.CA_REPLACED, Change.CA_DROPPED);
    assertThat(Pki.certificates(renewed.trust())).hasSize(1);
    Pki.validate(Pki.leaf(renewed.secret()), renewed.trust(), late);
  }

  @Test
  void aClockThatWasAheadDoesNoLastingHarm() throws GeneralSecurityException {
    Certificates ahead = of(Map.of(), START.plus(Duration.ofDays(30)));

    Certificates renewed = of(ahead.secret(), START);

    assertThat(renewed.changes()).isEqualTo(Set.of(Change.LEAF_RENEWED, Change.CA_REPLACED));
    assertThat(Pki.certificates(renewed.trust())).hasSize(2);
    Pki.validate(Pki.leaf(renewed.secret()), renewed.trust(), START);
    assertThat(of(renewed.secret(), START).secret()).isEqualTo(renewed.secret());
  }

  @Test
  void aClockThatIsALittleBehindReadsWhatWasMade() {
    Certificates first = of(Map.of(), START);

    assertThat(of(first.secret(), START.minus(Duration.ofMinutes(4))).secret())
        .isEqualTo(first.secret());
  }

  private static Certificates of(Map<String, String> observed, Instant now) {
    return Certificates.of(observed, "sessions", NAMES, now);
  }
}
