package io.sessionstorage.compose.plan;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the observer saw of a store of several nodes ({@code observe.sh}).
 *
 * @param primaries the pods that call themselves primary: of those that take writes if there are
 *     any. More than one is a split brain, none a failover that has not ended.
 * @param takesWrites whether there is one that takes writes
 * @param quorum whether there are enough Sentinels to replace the primary
 */
public record Report(List<String> primaries, boolean takesWrites, boolean quorum) {
  private static final Pattern TEXT =
      Pattern.compile("primary=([-a-z0-9]*(?: [-a-z0-9]+)*) writes=(yes|no) quorum=(yes|no)");

  /** What somebody wrote who may be anybody; empty if it is no report. */
  static Optional<Report> parse(String text) {
    Matcher report = TEXT.matcher(text.strip());
    return report.matches()
        ? Optional.of(
            new Report(
                report.group(1).isEmpty() ? List.of() : List.of(report.group(1).split(" ")),
                "yes".equals(report.group(2)),
                "yes".equals(report.group(3))))
        : Optional.empty();
  }

  /** As the observer writes it. */
  public String text() {
    return "primary=%s writes=%s quorum=%s"
        .formatted(String.join(" ", primaries), word(takesWrites), word(quorum));
  }

  /** The pod that takes writes; empty if none does, or several do. */
  public Optional<String> primary() {
    return takesWrites && primaries.size() == 1
        ? Optional.of(primaries.getFirst())
        : Optional.empty();
  }

  private static String word(boolean value) {
    return value ? "yes" : "no";
  }
}
