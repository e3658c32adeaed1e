package io.sessionstorage.api;

import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Scheduled copies of a store's data.
 *
 * @param retention null: the default one
 * @param drill when a backup is restored for a trial; null: never
 * @param suspend no run on a schedule
 * @param trigger any new value makes a backup now; null: none asked for
 * @param keep whether the backups outlive the SessionStorage
 */
public record Backup(
    Schedule schedule,
    ZoneId timeZone,
    Destination destination,
    @Nullable Retention retention,
    Verify verify,
    @Nullable Schedule drill,
    boolean suspend,
    @Nullable String trigger,
    boolean keep) {
  private static final Set<String> FIELDS =
      Set.of(
          "schedule",
          "timeZone",
          "destination",
          "retention",
          "verify",
          "drill",
          "suspend",
          "trigger",
          "keepBackups");
  private static final Pattern TIME_ZONE = Pattern.compile("[A-Za-z][-+_/A-Za-z0-9]{0,62}");
  private static final Pattern TRIGGER = Pattern.compile("[!-~]([ -~]{0,251}[!-~])?");

  /** What of the stored data a run reads back. */
  public enum Verify {
    NONE,
    SNAPSHOT,
    REPOSITORY;

    /** As written in the specification. */
    public String text() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  /**
   * How many backups are kept; one is kept if any of the rules keeps it. All null: every one is
   * kept.
   */
  public record Retention(
      @Nullable Integer last,
      @Nullable Integer hourly,
      @Nullable Integer daily,
      @Nullable Integer weekly,
      @Nullable Integer monthly) {
    /** What is kept where nothing is said. */
    public static final Retention DEFAULT = new Retention(3, null, 7, 4, null);

    static final int MOST = 1000;

    static Retention read(Fields fields) {
      fields.only(Set.of("last", "hourly", "daily", "weekly", "monthly"));
      return new Retention(
          fields.number("last", 1, MOST),
          fields.number("hourly", 1, MOST),
          fields.number("daily", 1, MOST),
          fields.number("weekly", 1, MOST),
          fields.number("monthly", 1, MOST));
    }
  }

  static @Nullable Backup read(Fields spec) {
    if (!spec.has("backup")) {
      return null;
    }
    Fields backup = spec.object("backup").only(FIELDS);
    Schedule schedule = schedule(backup);
    Destination destination = Destination.read(backup, "destination");
    Fields drill = backup.object("drill").only(Set.of("schedule"));
    Schedule drillSchedule = backup.has("drill") ? schedule(drill) : null;
    String verify = backup.oneOf("verify", Set.of("none", "snapshot", "repository"));
    ZoneId timeZone = timeZone(backup);
    Retention retention =
        backup.has("retention") ? Retention.read(backup.object("retention")) : null;
    String trigger =
        backup.text("trigger", TRIGGER, "must be one line of letters, digits and signs");
    boolean suspend = backup.flag("suspend", false);
    boolean keep = backup.flag("keepBackups", true);
    if (schedule == null || destination == null) {
      return null;
    }
    return new Backup(
        schedule,
        timeZone,
        destination,
        retention,
        verify == null
            ? Verify.SNAPSHOT
            : Verify.valueOf(verify.toUpperCase(java.util.Locale.ROOT)),
        drillSchedule,
        suspend,
        trigger,
        keep);
  }

  private static @Nullable Schedule schedule(Fields fields) {
    String text = fields.text("schedule");
    if (text == null) {
      if (!fields.has("schedule")) {
        fields.problem("schedule", "is missing: five fields of cron, such as \"17 * * * *\"");
      }
      return null;
    }
    try {
      return Schedule.parse(text);
    } catch (IllegalArgumentException e) {
      fields.problem("schedule", "\"%s\" is no cron schedule: %s".formatted(text, e.getMessage()));
      return null;
    }
  }

  private static ZoneId timeZone(Fields backup) {
    String name =
        Objects.requireNonNullElse(
            backup.text("timeZone", TIME_ZONE, "is no time zone, such as Europe/Berlin"),
            "Etc/UTC");
    try {
      return ZoneId.of(name);
    } catch (DateTimeException e) {
      backup.problem("timeZone", "\"%s\" is no time zone, such as Europe/Berlin".formatted(name));
      return ZoneId.of("Etc/UTC");
    }
  }
}
